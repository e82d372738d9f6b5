/** What a pipeline's windows and statistics must keep to beyond the form of their settings. */
import { durationMs } from '../../shared/config/duration'
import { refusalInGroups } from '../statistics'
import type { WindowDefinition } from '../windows'

export interface WindowProblem {
  /** Path of the setting, such as `window.step`. */
  readonly field: string
  readonly message: string
}

/** Nothing where the definition can run. */
export function windowProblems({ window, groupBy, aggregates }: Omit<WindowDefinition, 'id'>): WindowProblem[] {
  const problems: WindowProblem[] = []
  if (window.kind === 'cumulative' && durationMs(window.size) % durationMs(window.step) !== 0) {
    problems.push({
      field: 'window.size',
      message: `must be a multiple of window.step (${window.step}); give a size such as ${window.step} times a whole number`,
    })
  }
  if (window.kind === 'calendar' && !isZone(window.zone)) {
    problems.push({
      field: 'window.zone',
      message: `is not a time zone: ${JSON.stringify(window.zone)}; give an IANA name such as Europe/Berlin`,
    })
  }
  if (groupBy.length > 0) {
    for (const name of aggregates) {
      const message = refusalInGroups(name)
      if (message !== null) problems.push({ field: 'aggregates', message })
    }
  }
  return problems
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
