/** One chart or tile: fills itself from the file, follows the commits, and gives frames decimated to its width. */
import type { Frame, SeriesFrame, ViewSpec } from '../../shared/ipc/engine'
import type { DecimatedPart } from '../contracts'
import { SampleBuffer } from '../../shared/model/samples'
import type { EpochMs } from '../../shared/model/time'
import type { ResultStatistic } from '../pipeline/pipeline-results'
import type { Runtime } from '../pipeline/runtime'
import type { CommittedUnit } from '../pipeline/runtime-options'
import { Decimator } from './decimator'
import { WindowTrack } from './window-track'

/** A source whose newest event is this close to the clock is drawn up to now, so that silence shows as room. */
const ON_TIME_MS = 60_000
const STALE_AT_LEAST_MS = 5_000
const STALE_INTERVALS = 5
/** A key without an open window is quiet when its last one ended more than this many of its lengths ago. */
const STALE_WINDOWS = 2

interface Track {
  readonly id: number
  readonly raw: Decimator
  readonly windows: WindowTrack | null
  readonly pipeline: ResultStatistic | null
}

/** Of the visible range, and of now. */
type Figures = Pick<SeriesFrame, 'count' | 'min' | 'max' | 'mean' | 'last' | 'stale'>

export class View {
  /** Something changed since the last frame. */
  dirty = true
  private readonly tracks: Track[]
  private readonly byId: ReadonlyMap<number, Track>
  private readonly columnMs: number
  private filled = false
  private closed = false
  private lastSent = -Infinity
  private waiting: CommittedUnit[] = []

  constructor(
    readonly number: number,
    readonly spec: ViewSpec,
    private readonly runtime: Runtime,
  ) {
    const { from, to } = this.range()
    const span = spec.range.kind === 'live' ? spec.range.span : to - from
    this.columnMs = Math.max(span / spec.width, 1e-3)
    this.tracks = spec.series.map((id) => this.track(id))
    this.byId = new Map(this.tracks.map((track) => [track.id, track]))
  }

  private track(id: number): Track {
    const pipeline = this.pipelineOf(id)
    // Two columns more than are shown: the range rarely starts at the edge of one.
    return {
      id,
      raw: new Decimator(this.columnMs, this.spec.width + 2),
      windows: pipeline === null ? null : new WindowTrack(this.spec.results === undefined ? 'step' : 'results'),
      pipeline,
    }
  }

  private pipelineOf(id: number): ResultStatistic | null {
    const { results, windows } = this.spec
    if (results !== undefined) return this.runtime.results.statistic(results.pipeline, results.statistic)
    const source = this.sourceOf(id)
    return windows && source !== undefined ? this.runtime.results.meanOf(source) : null
  }

  /** Keys of a pipeline may be derived series: they are as new as the source at the beginning of its chain. */
  private sourceOf(id: number): string | undefined {
    const { results } = this.spec
    return results === undefined
      ? this.runtime.registry.info(id)?.source
      : this.runtime.results.sourceOf(results.pipeline)
  }

  /** What is shown now: fixed, or up to the newest event time of what is shown. */
  range(): { from: EpochMs; to: EpochMs } {
    const { range } = this.spec
    if (range.kind === 'fixed') return range
    const now = Date.now()
    let newest = -Infinity
    for (const id of this.spec.series) {
      const source = this.sourceOf(id)
      const event = source === undefined ? null : this.runtime.newestEvent(source)
      if (event !== null && event > newest) newest = event
    }
    if (newest === -Infinity) newest = now
    const to = Math.abs(now - newest) <= ON_TIME_MS ? Math.max(now, newest) : newest
    return { from: to - range.span, to }
  }

  /** Reads the stored past. Commits that happen meanwhile are kept and added after it. */
  async fill(): Promise<void> {
    const { from, to } = this.range()
    const upTo = this.runtime.storedSeq
    const query = { series: new Set(this.byId.keys()), from, to: this.spec.range.kind === 'fixed' ? to : null }
    if (this.spec.results === undefined)
      for await (const part of this.runtime.store.decimated(query, this.columnMs, upTo)) {
        if (this.closed) return
        this.addStored(part)
      }
    for (const { id, pipeline, windows } of this.tracks) {
      if (pipeline === null || windows === null) continue
      for await (const results of this.runtime.store.results(pipeline.pipeline, { ...query, series: new Set([id]) })) {
        if (this.closed) return
        for (const result of results) windows.add(result, result.values[pipeline.position] as number)
      }
    }
    this.filled = true
    for (const unit of this.waiting) if (unit.seq > upTo || !unit.stored) this.add(unit)
    // At once, so that no commit comes between: what waited is among it.
    if (this.spec.results === undefined)
      for (const samples of this.runtime.memoryOnly.samples(query)) this.addStored({ samples })
    this.waiting = []
    this.dirty = true
  }

  private addStored(part: DecimatedPart): void {
    if ('buckets' in part) {
      for (const bucket of part.buckets) this.byId.get(bucket.series)?.raw.addBucket(bucket)
      return
    }
    const { samples } = part
    for (let i = 0; i < samples.length; i++)
      this.byId.get(samples.series[i] as number)?.raw.add(samples.time[i] as number, samples.value[i] as number)
  }

  /** A commit: its samples and results of this view's series. */
  committed(unit: CommittedUnit): void {
    if (this.filled) this.add(unit)
    else if (!this.closed) this.waiting.push(this.copyOf(unit))
  }

  /** A commit's buffers are used again: what waits is copied, this view's series only. */
  private copyOf(unit: CommittedUnit): CommittedUnit {
    const samples = new SampleBuffer(16)
    for (let i = 0; i < unit.samples.length && unit.stored; i++)
      if (this.byId.has(unit.samples.series[i] as number)) samples.append(unit.samples, i, i + 1)
    return { ...unit, samples, results: [...unit.results] }
  }

  private add(unit: CommittedUnit): void {
    const { range } = this.spec
    const { samples } = unit
    for (let i = 0; i < samples.length && this.spec.results === undefined; i++) {
      const track = this.byId.get(samples.series[i] as number)
      if (track === undefined) continue
      const time = samples.time[i] as number
      if (range.kind === 'fixed' && (time < range.from || time > range.to)) continue
      track.raw.add(time, samples.value[i] as number)
      this.dirty = true
    }
    for (const result of unit.results) {
      const track = this.byId.get(result.key)
      if (track?.pipeline === null || track?.pipeline.pipeline !== result.pipeline) continue
      track.windows?.add(result, result.values[track.pipeline.position] as number)
      this.dirty = true
    }
  }

  /** Whether a frame is due: at most `rate` a second when something changed; a live view also moves with the clock. */
  due(now: number): boolean {
    if (!this.filled || now - this.lastSent < 1000 / this.spec.rate) return false
    return this.dirty || (this.spec.range.kind === 'live' && now - this.lastSent >= 1000)
  }

  frame(now: number): Frame {
    this.dirty = false
    this.lastSent = now
    const { from, to } = this.range()
    return { view: this.number, from, to, series: this.tracks.map((track) => this.seriesFrame(track, from, to)) }
  }

  private seriesFrame(track: Track, from: EpochMs, to: EpochMs): SeriesFrame {
    const { range, results, width } = this.spec
    if (range.kind === 'live') track.windows?.trim(from)
    return {
      id: track.id,
      points: track.raw.points(from, to),
      windows: track.windows?.triples(from, to, width) ?? new Float64Array(0),
      provisional: range.kind === 'live' ? (track.pipeline?.open(track.id) ?? null) : null,
      ...(results === undefined ? this.figuresOfReadings(track, from, to) : this.figuresOfResults(track, from, to)),
    }
  }

  private figuresOfReadings({ id, raw }: Track, from: EpochMs, to: EpochMs): Figures {
    const { lastTime, lastValue, lastArrival } = this.runtime.registry
    const time = lastTime[id] ?? NaN
    const last = { time, value: lastValue[id] as number, arrival: lastArrival[id] as number }
    return { ...raw.statistics(from, to), last: Number.isNaN(time) ? null : last, stale: this.stale(id) }
  }

  private figuresOfResults({ id, windows, pipeline }: Track, from: EpochMs, to: EpochMs): Figures {
    const figures = windows?.figures(from, to) ?? { count: 0, min: NaN, max: NaN, mean: NaN }
    const newest = windows?.last(this.spec.range.kind === 'live' ? Infinity : to) ?? null
    const last = newest === null ? null : { time: newest.end, value: newest.value, arrival: newest.end }
    const quiet = newest === null ? 0 : to - newest.end
    const usual = newest === null ? Infinity : STALE_WINDOWS * (newest.end - newest.start)
    const silent = quiet > Math.max(STALE_AT_LEAST_MS, usual) && (pipeline?.open(id) ?? null) === null
    return { ...figures, last, stale: !this.sourceLive(id) || (this.spec.range.kind === 'live' && silent) }
  }

  private sourceLive(id: number): boolean {
    return this.runtime.runners.get(this.sourceOf(id) ?? '')?.current.state === 'live'
  }

  /** Its source is not live, or it has been quiet for several times its usual interval. */
  private stale(id: number): boolean {
    const { registry } = this.runtime
    if (!this.sourceLive(id)) return true
    const quiet = Date.now() - (registry.lastArrival[id] ?? NaN)
    const usual = registry.interval[id] ?? NaN
    return !(quiet <= Math.max(STALE_AT_LEAST_MS, STALE_INTERVALS * (Number.isNaN(usual) ? 0 : usual)))
  }

  close(): void {
    this.closed = true
    this.waiting = []
  }
}
