/** What there is to export on the screen from which the dialog was opened. */
import { navigation, resultKeys, session, timeline } from '../../state/app.svelte'
import { shownResults } from '../explore/results'
import { ExportChoice } from './exportChoice.svelte'
import { ResultChoice, resultsShown } from './resultChoice.svelte'

export class ScreenExport {
  readonly #exploring = navigation.screen === 'explore'
  readonly #dashboard = $derived(session.source(navigation.dashboardSource ?? '') ?? session.sources[0])
  readonly #pipelines = $derived(session.workspace?.pipelines ?? [])
  readonly #ticked = $derived(this.#exploring ? navigation.ticked : [])
  readonly #results = $derived(this.#exploring ? shownResults(navigation.tickedResults, this.#pipelines) : [])
  /** The series whose readings are shown. */
  readonly visible = $derived(
    this.#ticked.length > 0
      ? this.#ticked
      : (session.seriesBySource.get(this.#dashboard?.id ?? '') ?? []).map(({ id }) => id),
  )
  readonly choice: ExportChoice

  constructor() {
    const results = new ResultChoice(
      () => this.#pipelines,
      () =>
        resultsShown(
          this.#results.map(({ pipeline, info }) => ({ pipeline: pipeline.id, key: info.id })),
          this.#ticked.flatMap((id) => session.seriesById.get(id) ?? []),
          drawnOver,
        ),
      () => drawnOver(this.#dashboard?.id ?? ''),
      (id) => resultKeys.byPipeline.get(id),
    )
    this.choice = new ExportChoice(
      () => this.visible,
      () => timeline.shown,
      results,
    )
    // In Explore with results alone, these are what is shown.
    if (this.#results.length > 0 && this.#ticked.length === 0) this.choice.content = 'windows'
  }

  /** What the file is called after. */
  get subject(): string {
    return this.#exploring ? 'explore' : (this.#dashboard?.name ?? 'weir')
  }
}

const drawnOver = (source: string): string | undefined => session.meanPipelineOf(source)?.id
