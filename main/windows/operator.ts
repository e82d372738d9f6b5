/** The window operator: brings samples, clocks and panes together and fires what the clocks have passed. */
import { CLOCK_ONLY } from '../contracts'
import type { ClockMark, KeySpace, OpenWindow, WindowOperator, WindowOutput } from '../contracts'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesId } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { Clocks } from './clocks'
import { Members } from './members'
import type { PaneContext, Panes } from './panes'
import { QuietClocks } from './quiet'
import type { MovedClocks } from './quiet'
import { Schedule } from './schedule'
import { Silence } from './silence'
import { BinaryReader, BinaryWriter } from './state'

const STATE_VERSION = 2

export interface OperatorOptions {
  readonly pipeline: string
  /** The definition that the state belongs to, in text: another one refuses it. */
  readonly definition: string
  readonly live: boolean
  readonly clock: 'series' | 'source'
  readonly groupBy: readonly string[]
  readonly outOfOrderness: DurationMs
  readonly allowedLateness: DurationMs
  readonly idleAfter: DurationMs
  readonly closeWhenQuiet: boolean
  /** `given`: samples do not move the clock, `applyMark` does (results of another pipeline). */
  readonly movedBy: 'records' | 'given'
}

/** See `WindowOperator`. Times are ms since the epoch, `monotonic` ones ms of that clock. */
export class PipelineWindows implements WindowOperator, PaneContext, MovedClocks {
  readonly pipeline: string
  readonly allowedLateness: DurationMs
  out: WindowOutput = SILENT
  /** While a batch is processed: the record that a mark comes before. */
  private at: number | undefined
  private readonly shared: boolean
  private readonly members: Members
  private readonly clocks: Clocks
  private readonly silence: Silence
  private readonly quiet: QuietClocks
  private readonly panes: Panes
  /** Of a shared clock. */
  private readonly schedule: Schedule
  private readonly partitions = new Map<string, number>()
  private readonly addKey = (key: number): void => {
    this.panes.addKey(key)
    this.schedule.addKey()
    if (!this.shared) this.clocks.addClock()
  }

  constructor(
    private readonly options: OperatorOptions,
    keys: KeySpace,
    panes: (context: PaneContext) => Panes,
  ) {
    this.pipeline = options.pipeline
    this.allowedLateness = options.allowedLateness
    this.shared = options.clock === 'source'
    this.members = new Members(keys, options.groupBy)
    this.clocks = new Clocks(options.outOfOrderness, !this.shared && options.groupBy.length === 0)
    this.silence = new Silence(options.idleAfter)
    this.quiet = new QuietClocks(this.clocks, this.silence, options.closeWhenQuiet, this)
    this.panes = panes(this)
    this.schedule = new Schedule(this.panes, this.members)
    if (this.shared) this.clocks.addClock()
  }

  keyId(key: number): number {
    return this.members.keyIds[key] as number
  }

  seriesId(series: number): SeriesId {
    return this.members.seriesIds[series] as number
  }

  dueOf(clock: number): EpochMs {
    const own = this.shared ? this.schedule.earliest() : (this.panes.due[clock] as number)
    return Math.min(own, this.out.due?.(this.shared ? null : this.keyId(clock)) ?? Infinity)
  }

  mark(clock: number, idle?: readonly number[]): void {
    const mark = this.markOf(clock)
    const named = idle === undefined ? mark : { ...mark, idle: idle.map((member) => this.nameOf(member)) }
    this.out.mark(named, this.at)
  }

  /** Fires what a clock has passed. */
  advance(clock: number): void {
    const watermark = this.clocks.watermark[clock] as number
    if (this.shared) this.schedule.fireUntil(watermark)
    else while ((this.panes.due[clock] as number) <= watermark) this.panes.fire(clock, watermark)
    this.out.clock?.(this.shared ? null : this.keyId(clock), watermark)
  }

  process(batch: SampleBatch, partition: string, monotonic: DurationMs, out: WindowOutput): void {
    this.out = out
    const { shared, clocks, members, panes, silence } = this
    const { live, movedBy } = this.options
    const moves = movedBy === 'records'
    const { series: ids, time, value, length } = batch
    const sender = shared ? this.partition(partition) : -1
    for (let i = 0; i < length; i++) {
      const id = ids[i] as number
      const v = value[i] as number
      if (v === CLOCK_ONLY) {
        this.at = i
        this.passed(id, sender, time[i] as number, monotonic)
        continue
      }
      let series = id < members.index.length ? (members.index[id] as number) : -1
      if (series < 0) series = this.addSeries(id)
      const key = members.keyOf[series] as number
      const member = shared ? sender : series
      const clock = shared ? 0 : key
      if (live && silence.seen[member] !== monotonic) {
        this.at = i
        this.quiet.returned(member, clock, monotonic)
      }
      const t = time[i] as number
      panes.add(key, series, t, v, clocks.watermark[clock] as number)
      if (shared) this.schedule.sooner(key, panes.due[key] as number)
      if (moves && clocks.record(member, clock, t)) {
        if (shared || (clocks.watermark[clock] as number) >= (panes.due[key] as number) || out.clock !== undefined) {
          this.advance(clock)
        }
      }
    }
    this.out = SILENT
    this.at = undefined
  }

  tick(monotonic: DurationMs, out: WindowOutput): void {
    this.out = out
    this.quiet.tick(monotonic)
    this.out = SILENT
  }

  setLive(live: boolean, monotonic: DurationMs, out: WindowOutput, quietFrom = monotonic): void {
    this.out = out
    this.silence.setLive(live, monotonic, quietFrom)
    this.quiet.wake()
    this.out = SILENT
  }

  applyMark(mark: ClockMark, out: WindowOutput): void {
    this.out = out
    const { clocks } = this
    if (mark.idle !== undefined) {
      if (mark.idle.length === 0) clocks.wake()
      for (const name of mark.idle) clocks.idle(this.shared ? this.partition(name) : this.series(Number(name)))
    }
    const clock = this.clockOf(mark)
    if (clock !== undefined) {
      clocks.raise(clock, mark.watermark)
      this.advance(clock)
    }
    this.out = SILENT
  }

  advanceTo(member: SeriesId | string, watermark: EpochMs, out: WindowOutput): void {
    this.out = out
    const { clocks } = this
    const index = typeof member === 'string' ? this.partition(member) : this.series(member)
    const clock = clocks.clockOf[index] as number
    if (clocks.record(index, clock, watermark + this.options.outOfOrderness)) this.advance(clock)
    this.out = SILENT
  }

  raise(watermark: EpochMs, out: WindowOutput): void {
    this.out = out
    for (let clock = 0; clock < this.clocks.clocks; clock++) {
      if (this.clocks.raise(clock, watermark)) this.advance(clock)
    }
    this.out = SILENT
  }

  end(out: WindowOutput): void {
    this.out = out
    const { clocks, panes, members } = this
    clocks.watermark.fill(Infinity, 0, clocks.clocks)
    if (!this.shared) {
      for (let key = 0; key < members.keyIds.length; key++) this.schedule.set(key, panes.due[key] as number)
    }
    this.schedule.fireUntil(Infinity)
    out.clock?.(null, Infinity)
    this.out = SILENT
  }

  openWindow(key: number): OpenWindow | null {
    const dense = this.members.key(key)
    return dense === undefined ? null : this.panes.open(dense)
  }

  nextDue(member: SeriesId | null): EpochMs {
    const { panes, members } = this
    if (this.shared) return this.schedule.earliest()
    if (member !== null) {
      const series = members.index[member] ?? -1
      return series < 0 ? Infinity : (panes.due[members.keyOf[series] as number] as number)
    }
    let earliest = Infinity
    for (let key = 0; key < members.keyIds.length; key++) earliest = Math.min(earliest, panes.due[key] as number)
    return earliest
  }

  keyOf(series: SeriesId): number | undefined {
    const known = this.members.index[series] ?? -1
    return known < 0 ? undefined : this.keyId(this.members.keyOf[known] as number)
  }

  watermarkOf(key: number): EpochMs {
    const clock = this.shared ? 0 : this.members.key(key)
    return clock === undefined ? -Infinity : (this.clocks.watermark[clock] as number)
  }

  snapshot(): Uint8Array {
    const to = new BinaryWriter()
    to.number(STATE_VERSION)
    to.text(this.options.definition)
    this.members.write(to)
    to.text(JSON.stringify([...this.partitions.keys()]))
    this.clocks.write(to)
    for (let key = 0; key < this.members.keyIds.length; key++) this.panes.write(key, to)
    return to.bytes()
  }

  restore(state: Uint8Array): void {
    const from = new BinaryReader(state)
    const version = from.number()
    if (version !== STATE_VERSION) throw new Error(`the state of pipeline ${this.pipeline} is of version ${version}`)
    if (from.text() !== this.options.definition) {
      throw new Error(`the state of pipeline ${this.pipeline} belongs to another definition of it`)
    }
    this.members.read(from, (id) => this.addSeries(id))
    for (const name of JSON.parse(from.text()) as string[]) this.partition(name)
    this.clocks.read(from)
    for (let key = 0; key < this.members.keyIds.length; key++) {
      this.panes.read(key, from)
      if (this.shared) this.schedule.set(key, this.panes.due[key] as number)
    }
  }

  private addSeries(id: SeriesId): number {
    const series = this.members.add(id, this.addKey)
    if (!this.shared) this.silence.addMember(this.clocks.addMember(this.members.keyOf[series] as number))
    return series
  }

  private series(id: SeriesId): number {
    const known = this.members.index[id]
    return known === undefined || known < 0 ? this.addSeries(id) : known
  }

  private partition(name: string): number {
    let member = this.partitions.get(name)
    if (member === undefined) {
      member = this.clocks.addMember(0)
      this.silence.addMember(member)
      this.partitions.set(name, member)
    }
    return member
  }

  private clockOf(mark: ClockMark): number | undefined {
    if (this.shared) return 0
    if (mark.key !== undefined) return this.members.key(mark.key)
    return mark.series === null ? undefined : this.members.keyOf[this.series(mark.series)]
  }

  /** Where a mark was caused: a series' own clock, a group's, or the source's. */
  private markOf(clock: number): ClockMark {
    const watermark = this.clocks.watermark[clock] as number
    if (this.shared) return { pipeline: this.pipeline, series: null, watermark }
    if (this.options.groupBy.length > 0)
      return { pipeline: this.pipeline, series: null, watermark, key: this.keyId(clock) }
    return { pipeline: this.pipeline, series: this.keyId(clock), watermark }
  }

  private nameOf(member: number): string {
    return this.shared ? ([...this.partitions.keys()][member] as string) : String(this.seriesId(member))
  }

  /** A record that goes into no window, but was seen: it moves the clock. */
  private passed(id: SeriesId, sender: number, t: EpochMs, monotonic: DurationMs): void {
    const member = this.shared ? sender : this.series(id)
    const clock = this.clocks.clockOf[member] as number
    if (this.options.live && this.silence.seen[member] !== monotonic) this.quiet.returned(member, clock, monotonic)
    if (this.options.movedBy === 'records' && this.clocks.record(member, clock, t)) this.advance(clock)
  }
}

const SILENT: WindowOutput = { fire() {}, late() {}, unassigned() {}, mark() {} }
