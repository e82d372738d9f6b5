/** The thread that encodes chunks: answers the calls of thread.ts one after the other. */
import { parentPort } from 'node:worker_threads'
import { DirectEncoding } from './encoding'
import type { EncodingCall, EncodingReply } from './thread'

const encoding = new DirectEncoding()
let last: Promise<void> = Promise.resolve()

parentPort?.on('message', (call: EncodingCall) => {
  last = last.then(async () => parentPort?.postMessage(await answer(call)))
})

async function answer(call: EncodingCall): Promise<EncodingReply> {
  try {
    return { value: await run(call) }
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }
}

function run(call: EncodingCall): Promise<unknown> {
  switch (call.do) {
    case 'begin':
      return encoding.begin()
    case 'gather':
      return encoding.gather(call.rows)
    case 'chunks':
      return encoding.chunks(call.lasting, call.unmerged)
    case 'merge':
      return encoding.merge(call.all, call.cut)
  }
}
