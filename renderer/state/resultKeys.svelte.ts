/** The keys of pipelines that have results: asked for where they are needed, and again when there are new windows. */
import { SvelteMap } from 'svelte/reactivity'
import type { SeriesInfo } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import type { EngineConnection } from './connection.svelte'

/** New keys of a pipeline that goes on are found this late at most. */
const AGAIN_MS = 5_000

interface Asked {
  readonly windows: number
  readonly at: EpochMs
}

export class ResultKeys {
  /** By pipeline; one that is missing has not answered yet. */
  readonly byPipeline = new SvelteMap<string, readonly SeriesInfo[]>()
  readonly #asked = new Map<string, Asked>()

  constructor(
    private readonly connection: EngineConnection,
    private readonly now: () => EpochMs = Date.now,
  ) {
    // A changed pipeline may have other keys, another unit, or lost what was stored.
    connection.on('workspace', () => this.#asked.clear())
    connection.onOpen(() => this.#asked.clear())
  }

  /** @param windows how many the pipeline has produced so far: where nothing is new there is nothing to ask for. */
  async load(pipeline: string, windows: number): Promise<void> {
    const before = this.#asked.get(pipeline)
    const at = this.now()
    if (before && (before.windows === windows || at - before.at < AGAIN_MS)) return
    this.#asked.set(pipeline, { windows, at })
    const outcome = await this.connection.call('pipelineKeys', { id: pipeline })
    if (!outcome.ok) this.#asked.delete(pipeline)
    else if (!same(this.byPipeline.get(pipeline), outcome.value)) this.byPipeline.set(pipeline, outcome.value)
  }
}

/** Keys only ever come at the end, so a list of the same length is new only where the pipeline changed. */
function same(before: readonly SeriesInfo[] | undefined, after: readonly SeriesInfo[]): boolean {
  return (
    before?.length === after.length &&
    before.every(({ id, unit }, at) => id === after[at]?.id && unit === after[at].unit)
  )
}
