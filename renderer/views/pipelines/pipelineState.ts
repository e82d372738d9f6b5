/** Whether a pipeline runs, as the list and its header say it. Pure. */
import type { Pipeline } from '../../../shared/config/pipeline'
import type { TranslationKey } from '../../state/i18n.svelte'
import type { Tone } from '../../ui/tone'

export interface PipelineState {
  readonly tone: Tone
  readonly key: TranslationKey
  /** The name of the pipeline that is off and that it reads, perhaps by way of others. */
  readonly waitingFor: string | null
}

export function pipelineState(pipeline: Pipeline, all: readonly Pipeline[]): PipelineState {
  if (!pipeline.enabled) return { tone: 'mute', key: 'pipelines.off', waitingFor: null }
  let at: Pipeline | undefined = pipeline
  for (let steps = 0; at?.upstream !== undefined && steps < all.length; steps++) {
    const feeder: string = at.upstream.pipeline
    at = all.find(({ id }) => id === feeder)
    if (at?.enabled === false) return { tone: 'warn', key: 'pipelines.waiting', waitingFor: at.name }
  }
  return { tone: 'ok', key: 'pipelines.on', waitingFor: null }
}
