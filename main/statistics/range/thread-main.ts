/** The thread that analyses ranges: one call after the other. */
import { parentPort } from 'node:worker_threads'
import { analyse } from './analyse'
import { AnalysisError } from './error'
import type { AnalysisCall, AnalysisReply } from './thread'

parentPort?.on('message', (call: AnalysisCall) => parentPort?.postMessage(answer(call)))

function answer({ readings, request }: AnalysisCall): AnalysisReply {
  try {
    return { report: analyse(readings, request) }
  } catch (error) {
    const code = error instanceof AnalysisError ? error.code : 'FAILED'
    return { code, message: error instanceof Error ? error.message : String(error) }
  }
}
