/** One analysis of one series as it is shown: asked for again when the range changes, and while it is live now and then. */
import type { AnalysisReport, AnalysisRequest } from '../../shared/ipc/analysis'
import type { CallError } from '../../shared/ipc/rpc'
import type { EpochMs } from '../../shared/model/time'
import type { EngineConnection } from './connection.svelte'

/** Long ranges are read and analysed anew for each. */
const LONG_MS = 120_000
let lastJob = 0

export class AnalysisState {
  report = $state.raw<AnalysisReport | null>(null)
  error = $state.raw<CallError | null>(null)
  busy = $state(false)
  readonly #job = ++lastJob
  #asked = 0

  constructor(private readonly connection: EngineConnection) {}

  /** An older answer is dropped. @param period of the season in ms; null: it is looked for */
  async ask(
    series: number,
    what: AnalysisRequest['what'],
    range: { readonly from: EpochMs; readonly to: EpochMs },
    period: number | null,
  ): Promise<void> {
    const asked = ++this.#asked
    if (this.report?.what !== what) this.report = null
    this.busy = true
    const request = { job: this.#job, series, what, from: range.from, to: range.to, period }
    const outcome = await this.connection.call('analyse', request, LONG_MS)
    if (asked !== this.#asked) return
    this.busy = false
    this.report = outcome.ok ? outcome.value : null
    this.error = outcome.ok ? null : outcome.error
  }

  close(): void {
    this.#asked += 1
    void this.connection.call('endAnalysis', { job: this.#job })
  }
}
