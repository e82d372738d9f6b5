/** The configuration of a replay: a figure along the series where it has one, a window, its clock, its statistics. */
import { z } from 'zod'
import { pipeline } from '../../shared/config/pipeline'
import type { Pipeline } from '../../shared/config/pipeline'
import type { WindowDefinition } from '../windows'
import { windowProblems } from './window-rules'

/** A configuration or an input that cannot be read; the message is one line: file, line or field, and the mend. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError'
}

export const replayConfig = z.strictObject({
  along: pipeline.shape.along,
  window: pipeline.shape.window,
  time: pipeline.shape.time,
  groupBy: pipeline.shape.groupBy,
  aggregates: pipeline.shape.aggregates,
})

export type ReplayDefinition = WindowDefinition & Pick<Pipeline, 'along'>

/** @param file what the message calls it. @throws ReplayError */
export function parseReplayConfig(text: string, file: string): ReplayDefinition {
  const config = replayConfig.safeParse(parseJson(text, file))
  if (!config.success) {
    const issue = config.error.issues[0] as z.core.$ZodIssue
    const field = issue.path.length === 0 ? 'the configuration' : issue.path.join('.')
    throw new ReplayError(oneLine(`${file}: ${field}: ${issue.message}; see "weir replay --help" for an example`))
  }
  const problem = windowProblems(config.data)[0]
  if (problem !== undefined) throw new ReplayError(oneLine(`${file}: ${problem.field} ${problem.message}`))
  return { id: 'replay', ...config.data }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const line = brokenLine(text)
    throw new ReplayError(oneLine(`${file}: line ${line}: not JSON (${reason}); correct the syntax there`))
  }
}

/** The first line up to which the text is not the beginning of anything; engines do not always tell the position. */
function brokenLine(text: string): number {
  const lines = text.split('\n')
  for (let count = 1; count < lines.length; count++) {
    const beginning = lines.slice(0, count).join('\n').trimEnd()
    try {
      JSON.parse(beginning)
    } catch (error) {
      const reason = error instanceof Error ? error.message : ''
      const position = Number(/position (\d+)/.exec(reason)?.[1] ?? NaN)
      const endsTooEarly = /end of JSON|unterminated/i.test(reason) || position >= beginning.length
      if (!endsTooEarly) return count
    }
  }
  return lines.length
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ')
}
