/** What of a pipeline's settings its state and its stored results depend on. */
import { clockSettings } from '../../shared/config/pipeline'
import type { Pipeline } from '../../shared/config/pipeline'
import { rootSource } from '../../shared/config/workspace'
import { changesReadings } from '../transforms'

/** All that decides the state of a pipeline's operators: state of another definition is of no use. Names are not in it. */
export function definitionOf(pipeline: Pipeline, pipelines: readonly Pipeline[]): string {
  const { name: _name, unit: _unit, enabled: _enabled, ...rest } = pipeline
  const reads = upstreamOf(pipeline, pipelines)
  const own = { ...rest, time: clockSettings(pipeline.time) }
  return JSON.stringify(reads === undefined ? own : [own, definitionOf(reads, pipelines)])
}

/**
 * What the numbers in a pipeline's results are about. Under another meaning stored results would be shown as what they
 * are not. Windows and timing are not in it, because every result carries its own bounds.
 */
export function meaningOf(pipeline: Pipeline, pipelines: readonly Pipeline[]): string {
  const { source, upstream, select, filter, scale, expression, combine, along, groupBy } = pipeline
  const own = { source, upstream, select, filter, scale, expression, combine, along, groupBy }
  const reads = upstreamOf(pipeline, pipelines)
  return JSON.stringify(reads === undefined ? own : [own, reads.window, meaningOf(reads, pipelines)])
}

/** Enabled pipelines of a source in the order of dependence; those that read a disabled one do not run. */
export function runningPipelines(source: string, pipelines: readonly Pipeline[]): Pipeline[] {
  const running: Pipeline[] = []
  let left = pipelines.filter((entry) => entry.enabled && rootSource(entry, pipelines) === source)
  for (let before = -1; left.length !== before;) {
    before = left.length
    left = left.filter((entry) => {
      const ready = entry.upstream === undefined || running.some(({ id }) => id === entry.upstream?.pipeline)
      if (ready) running.push(entry)
      return !ready
    })
  }
  return running
}

/** The pipeline that every source gets when it is saved. */
export const defaultPipelineId = (source: string): string => `${source}-windows`

/** Its results are about the readings as they were received: each series by itself, none changed or left out. */
export const isPlain = (pipeline: Pipeline): boolean => keepsReadings(pipeline) && !changesReadings(pipeline)

/** Its results are about readings as they were received, some of which it may leave out. */
export const keepsReadings = ({ source, groupBy, combine, along, scale, expression }: Pipeline): boolean =>
  source !== undefined &&
  groupBy.length === 0 &&
  combine === undefined &&
  along === undefined &&
  scale === undefined &&
  expression === undefined

function upstreamOf({ upstream }: Pipeline, pipelines: readonly Pipeline[]): Pipeline | undefined {
  return upstream === undefined ? undefined : pipelines.find(({ id }) => id === upstream.pipeline)
}
