/** Which pipeline's results stand for what: for charts, exports and lists of keys. */
import type { Store } from '../contracts'
import type { Pipeline } from '../../shared/config/pipeline'
import { rootSource } from '../../shared/config/workspace'
import type { Workspace } from '../../shared/config/workspace'
import type { PipelinePreview } from '../../shared/ipc/engine'
import type { SeriesInfo } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { defaultPipelineId, isPlain, keepsReadings } from './definition'
import type { PipelineSet } from './pipeline-set'
import { previewPipeline } from './preview'
import type { SeriesRegistry } from './series-registry'

/** One statistic of a pipeline's results. */
export interface ResultStatistic {
  readonly pipeline: string
  /** Position in the values of a stored result. */
  readonly position: number
  /** start, end and the statistic so far of a key's open window. */
  open(key: number): readonly [EpochMs, EpochMs, number] | null
}

export class PipelineResults {
  constructor(
    private readonly parts: {
      readonly store: Store
      readonly registry: SeriesRegistry
      readonly pipelines: PipelineSet
      readonly workspace: () => Workspace
      readonly past: Store['past']
      readonly newestEvent: (source: string) => EpochMs | null
      readonly isFinished: (source: string) => boolean
    },
  ) {}

  /** @throws Error where the pipeline's chain does not lead to a source */
  preview(pipeline: Pipeline, span: DurationMs, statistic: string): Promise<PipelinePreview> {
    const others = this.parts.workspace().pipelines.filter(({ id }) => id !== pipeline.id)
    return previewPipeline(this.parts, { pipeline, pipelines: [...others, pipeline], span, statistic })
  }

  /** The mean that is drawn over the readings of this source: of readings as received, all of them. */
  meanOf(source: string): ResultStatistic | null {
    const found = this.ofReadings(source).find(
      (entry) => entry.enabled && isPlain(entry) && entry.aggregates.includes('mean'),
    )
    return found === undefined ? null : this.statistic(found.id, 'mean')
  }

  /** Null where nothing is stored under that name. */
  statistic(pipeline: string, name: string): ResultStatistic | null {
    const position = this.parts.store.aggregates(pipeline).indexOf(name)
    if (position < 0) return null
    return {
      pipeline,
      position,
      open: (key) => {
        const open = this.parts.pipelines.node(pipeline)?.windows.openWindow(key) ?? null
        return open === null ? null : [open.start, open.end, open.values[position] as number]
      },
    }
  }

  definition(pipeline: string): Pipeline | undefined {
    return this.parts.workspace().pipelines.find(({ id }) => id === pipeline)
  }

  /** The source whose readings reach a pipeline. */
  sourceOf(pipeline: string): string | undefined {
    const entry = this.definition(pipeline)
    return entry === undefined ? undefined : rootSource(entry, this.parts.workspace().pipelines)
  }

  /** The keys of a pipeline that have results, with the unit of its values where it is given. */
  async keys(pipeline: string): Promise<SeriesInfo[]> {
    const { store, registry } = this.parts
    const keys = await store.keys(pipeline)
    const unit = this.definition(pipeline)?.unit
    return keys
      .map((key) => registry.info(key))
      .filter((info) => info !== undefined)
      .map((info) => (unit === undefined ? info : { ...info, unit }))
  }

  private ofReadings(source: string): Pipeline[] {
    const rank = (entry: Pipeline) => Number(isPlain(entry)) * 2 + Number(entry.id === defaultPipelineId(source))
    return this.parts
      .workspace()
      .pipelines.filter((entry) => entry.source === source && keepsReadings(entry))
      .sort((a, b) => rank(b) - rank(a))
  }
}
