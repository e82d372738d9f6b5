/** Which results are to be exported: what is shown, or a pipeline with all or some of its keys. */
import type { Pipeline } from '../../../shared/config/pipeline'
import type { ResultExport } from '../../../shared/ipc/export'
import type { SeriesInfo } from '../../../shared/model/series'

export type ChosenResults = ResultExport['results']

/** Stands for what the screen shows; no pipeline has this id, because an id has letters and digits only. */
export const SHOWN = '*'

export class ResultChoice {
  #pipeline = $state<string | null>(null)
  keys = $state<'all' | 'choose'>('all')
  chosen = $state.raw<ReadonlySet<number>>(new Set())

  constructor(
    private readonly pipelines: () => readonly Pipeline[],
    /** What the screen shows of pipelines. */
    readonly shown: () => ChosenResults,
    /** Chosen at first where nothing of a pipeline is shown. */
    private readonly usual: () => string | undefined,
    private readonly keysOf: (pipeline: string) => readonly SeriesInfo[] | undefined,
  ) {}

  /** `SHOWN`, the id of a pipeline, or null where there is none. */
  readonly pipeline = $derived.by(() => {
    const ids = this.pipelines().map(({ id }) => id)
    const shown = this.shown().length > 0
    const chosen = this.#pipeline
    if (chosen !== null && (chosen === SHOWN ? shown : ids.includes(chosen))) return chosen
    if (shown) return SHOWN
    return ids.find((id) => id === this.usual()) ?? ids[0] ?? null
  })
  /** Those that have results; undefined while they are being read. */
  readonly available = $derived.by(() => (this.pipeline === null ? undefined : this.keysOf(this.pipeline)))
  /** The columns of the file. */
  readonly statistics = $derived.by(() => {
    const exported = new Set(this.results.map(({ pipeline }) => pipeline))
    return [...new Set(this.pipelines().flatMap(({ id, aggregates }) => (exported.has(id) ? aggregates : [])))]
  })
  readonly results = $derived.by<ChosenResults>(() => {
    if (this.pipeline === null) return []
    if (this.pipeline === SHOWN) return this.shown()
    if (this.keys === 'all') return [{ pipeline: this.pipeline, keys: null }]
    return this.chosen.size === 0 ? [] : [{ pipeline: this.pipeline, keys: [...this.chosen] }]
  })

  choose(pipeline: string): void {
    this.#pipeline = pipeline
    this.keys = 'all'
    this.chosen = new Set()
  }

  tick(key: number, on: boolean): void {
    const next = new Set(this.chosen)
    if (on) next.add(key)
    else next.delete(key)
    this.chosen = next
  }
}

/**
 * The results on the screen, by pipeline: those that are ticked; where none are, the windows that are drawn over the
 * ticked series.
 */
export function resultsShown(
  ticked: readonly { readonly pipeline: string; readonly key: number }[],
  series: readonly SeriesInfo[],
  drawnOver: (source: string) => string | undefined,
): ChosenResults {
  const byPipeline = new Map<string, number[]>()
  const add = (pipeline: string, key: number): void => {
    const keys = byPipeline.get(pipeline)
    if (keys) keys.push(key)
    else byPipeline.set(pipeline, [key])
  }
  for (const { pipeline, key } of ticked) add(pipeline, key)
  if (ticked.length === 0)
    for (const { id, source } of series) {
      const pipeline = drawnOver(source)
      if (pipeline !== undefined) add(pipeline, id)
    }
  return [...byPipeline].map(([pipeline, keys]) => ({ pipeline, keys }))
}
