/** Figures of the status bar and the Sources screen: totals from the runtime, rates from their differences. */
import type { SourceConfig, Workspace } from '../../shared/config/workspace'
import type { EngineStatus, FlowLedger, Notice, SourceStatus } from '../../shared/ipc/engine'
import type { Runtime } from '../pipeline/runtime'

/** Rates are means over this many seconds. */
const RATE_SECONDS = 3

interface Reading {
  readonly at: number
  readonly records: number
  readonly samples: number
  readonly bytes: number
}

export class StatusMeter {
  private readonly readings = new Map<string, Reading[]>()

  constructor(private readonly runtime: Runtime) {}

  /** Once a second. */
  sample(): void {
    const at = performance.now()
    for (const [id, { ledger, bytes }] of this.runtime.runners) {
      const list = this.readings.get(id) ?? []
      const last = list[list.length - 1]
      // The ledger begins anew when a source is started again.
      if (last !== undefined && ledger.received < last.records) list.length = 0
      list.push({ at, records: ledger.received, samples: ledger.stored + ledger.inMemory, bytes })
      if (list.length > RATE_SECONDS + 1) list.shift()
      this.readings.set(id, list)
    }
    for (const id of this.readings.keys()) if (!this.runtime.runners.has(id)) this.readings.delete(id)
  }

  status(
    workspace: Workspace,
    notices: readonly Notice[],
    fileBytes: number,
    alerts: EngineStatus['alerts'],
  ): EngineStatus {
    const sources = workspace.sources.map((source) => this.sourceStatus(source))
    const sum = (figure: (source: SourceStatus) => number) =>
      sources.reduce((total, source) => total + figure(source), 0)
    const durations = [...this.runtime.commitDurations].sort((a, b) => a - b)
    return {
      time: Date.now(),
      samplesPerSecond: sum((source) => source.samplesPerSecond),
      recordsPerSecond: sum((source) => source.recordsPerSecond),
      stored: this.runtime.storedSamples,
      windows: this.runtime.storedWindows,
      late: sum((source) => source.late),
      rejected: sum((source) => source.ledger.rejected),
      fileBytes,
      file: this.runtime.store.file,
      commitMs: durations[durations.length >> 1] ?? null,
      sources,
      pipelines: workspace.pipelines.map(({ id }) => ({ id, ...this.runtime.counts.of(id) })),
      outputs: this.runtime.outputs.status(),
      alerts,
      notices,
    }
  }

  private sourceStatus({ id, enabled }: SourceConfig): SourceStatus {
    const runner = this.runtime.runners.get(id)
    if (runner === undefined)
      return {
        id,
        state: enabled ? { state: 'connecting' } : { state: 'disabled' },
        ledger: EMPTY,
        checks: [],
        recordsPerSecond: 0,
        samplesPerSecond: 0,
        bytesPerSecond: 0,
        late: 0,
        missing: 0,
        reconnects: 0,
        lag: null,
        lastArrival: null,
        lastEvent: this.runtime.newestEvent(id),
        lastRejected: null,
        likelyZone: null,
      }
    const { current, ledger, late, missing, reconnects, lag, lastArrival, lastRejected, likelyZone } = runner
    const rates = this.rates(id)
    return {
      id,
      state: current,
      ledger: { ...ledger },
      checks: runner.checks,
      ...rates,
      late,
      missing,
      reconnects,
      lag,
      lastArrival,
      lastEvent: this.runtime.newestEvent(id),
      lastRejected,
      likelyZone,
    }
  }

  private rates(id: string): Pick<SourceStatus, 'recordsPerSecond' | 'samplesPerSecond' | 'bytesPerSecond'> {
    const list = this.readings.get(id) ?? []
    const first = list[0]
    const last = list[list.length - 1]
    if (first === undefined || last === undefined || last.at === first.at)
      return { recordsPerSecond: 0, samplesPerSecond: 0, bytesPerSecond: 0 }
    const seconds = (last.at - first.at) / 1000
    return {
      recordsPerSecond: (last.records - first.records) / seconds,
      samplesPerSecond: (last.samples - first.samples) / seconds,
      bytesPerSecond: (last.bytes - first.bytes) / seconds,
    }
  }
}

const EMPTY: FlowLedger = {
  received: 0,
  decoded: 0,
  rejected: 0,
  filtered: 0,
  redelivered: 0,
  samples: 0,
  refused: 0,
  stored: 0,
  inMemory: 0,
  dropped: 0,
}
