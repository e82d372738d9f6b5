/** Event-time windows: assigners, clocks, state and the operator that connects them. */
import { durationMs } from '../../shared/config/duration'
import { clockSettings } from '../../shared/config/pipeline'
import type { Pipeline, WindowKind } from '../../shared/config/pipeline'
import type { Accumulators, KeySpace, WindowOperator } from '../contracts'
import { AlignedPanes } from './aligned'
import { CountPanes } from './count'
import { OncePanes } from './once'
import { PipelineWindows } from './operator'
import type { PaneContext, Panes } from './panes'
export type { PaneContext, Panes } from './panes'
export { missedWindows } from './missed'
export type { MissedWindows, Span } from './missed'
import { SessionPanes } from './session'
import { createSlicing } from './slicing'
import { WholePanes } from './whole'

export interface WindowOptions {
  readonly mode: 'live' | 'replay'
  /** `given`: the clock moves by `applyMark` only, as for the results of another pipeline. Default: `records`. */
  readonly movedBy?: 'records' | 'given'
}

/** What of a pipeline decides its windows. */
export type WindowDefinition = Pick<Pipeline, 'id' | 'window' | 'time' | 'groupBy' | 'aggregates'>

/**
 * Windows of a pipeline, without any state yet. Times are ms since the epoch, fractions are microseconds; bounds are
 * [start, end). NaN values are gaps, CLOCK_ONLY moves nothing but the clock. Semantics: event-time windows of Apache
 * Flink, with what SEMANTICS adds (replaced sessions, quiet closing, calendars).
 * @param accumulators fresh, and of the pipeline's aggregates
 * @throws Error where the window's definition is not sound (an unknown zone)
 */
export function createWindowOperator(
  pipeline: WindowDefinition,
  keys: KeySpace,
  accumulators: Accumulators,
  { mode, movedBy = 'records' }: WindowOptions,
): WindowOperator {
  const { window, time, groupBy, aggregates } = pipeline
  const definition = JSON.stringify({ window, time: clockSettings(time), groupBy, aggregates })
  return createKeyedOperator({ ...pipeline, definition }, keys, { mode, movedBy }, (context) =>
    createPanes(window, accumulators, context),
  )
}

/**
 * The clocks of a pipeline (watermarks, idleness, quiet closing) with any state per key: windows, or a join.
 * @param definition text that the state belongs to: a snapshot with another one is refused
 * @param panes called once, with what the state tells its results to
 */
export function createKeyedOperator(
  { id, time, groupBy, definition }: Pick<Pipeline, 'id' | 'time' | 'groupBy'> & { readonly definition: string },
  keys: KeySpace,
  { mode, movedBy = 'records' }: WindowOptions,
  panes: (context: PaneContext) => Panes,
): WindowOperator {
  const options = {
    pipeline: id,
    definition,
    live: mode === 'live',
    clock: time.clock,
    groupBy,
    outOfOrderness: durationMs(time.outOfOrderness),
    allowedLateness: durationMs(time.allowedLateness),
    idleAfter: durationMs(time.idleAfter),
    closeWhenQuiet: time.closeWhenQuiet,
    movedBy,
  }
  return new PipelineWindows(options, keys, panes)
}

function createPanes(window: WindowKind, accumulators: Accumulators, context: PaneContext): Panes {
  switch (window.kind) {
    case 'session':
      return new SessionPanes(durationMs(window.gap), accumulators, context)
    case 'count':
      return new CountPanes(window.size, window.slide ?? window.size, accumulators, context)
    case 'whole':
      return new WholePanes(accumulators, context)
    default: {
      const once = context.allowedLateness === 0 && !accumulators.needsCarry
      return new (once ? OncePanes : AlignedPanes)(createSlicing(window), accumulators, context)
    }
  }
}
