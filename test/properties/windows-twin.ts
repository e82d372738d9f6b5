/** The windows' naive twin: keeps every event, enumerates windows by their definition, recomputes every result. */
import type { Pipeline } from '../../shared/config/pipeline'
import { CLOCK_ONLY } from '../../main/contracts'
import { durationMs } from '../../shared/config/duration'
import { NaiveCalendar } from './windows-calendar'
import { keyOf, type Event } from './windows-cases'
import { NaiveClocks } from './windows-clocks'
import { inOrder, pane, type Fired, type Pane } from './windows-panes'
import { finite, statistic } from './windows-statistics'

/** Results of a settled window are samples of it at `end − 1 µs`. */
const MICROSECOND = 0.001

export class Twin {
  readonly out: Fired[] = []
  private readonly all: Event[] = []
  private panes: Pane[] = []
  private readonly clocks: NaiveClocks
  private readonly counted = new Map<string, { events: Event[]; gaps: number[]; pending: number; fired: number }>()
  private readonly keysSeen = new Set<string>()
  private readonly calendar: NaiveCalendar | null
  private readonly shared: boolean
  private readonly lateness: number
  /** Takes the results. */
  readonly downstream: Twin | null

  /** @param given samples do not move the clocks: those are given */
  constructor(
    private readonly p: Pipeline,
    private readonly given: boolean,
    downstream: Pipeline | null = null,
  ) {
    this.calendar = p.window.kind === 'calendar' ? new NaiveCalendar(p.window) : null
    this.shared = p.time.clock === 'source'
    this.lateness = durationMs(p.time.allowedLateness)
    this.clocks = new NaiveClocks(p.time, !this.shared && p.groupBy.length === 0)
    // What has one clock upstream has one downstream.
    const clock = this.shared ? 'source' : downstream?.time.clock
    this.downstream =
      downstream === null || clock === undefined
        ? null
        : new Twin({ ...downstream, time: { ...downstream.time, clock } }, true)
  }

  record(event: Event, now: number): void {
    this.keysSeen.add(event.key)
    const clock = this.shared ? '' : event.key
    if (this.clocks.arrival(clock, now)) this.moved(clock)
    if (event.v !== CLOCK_ONLY) {
      this.assign(event, this.clocks.w(clock))
      this.all.push(event)
    }
    if (this.given) return
    const member = this.shared ? event.partition : event.series
    if (this.clocks.record(clock, member, event.t, now)) this.moved(clock)
  }

  /** The clock of a series, or of a member of the only one. */
  advance(member: string, w: number): void {
    const clock = this.shared ? '' : keyOf(member, this.p.groupBy)
    if (this.clocks.give(clock, member, w)) this.moved(clock)
  }

  raise(w: number): void {
    for (const clock of this.clocks.names) if (this.clocks.raise(clock, w)) this.moved(clock)
  }

  setLive(live: boolean, now: number, quietFrom: number): void {
    this.clocks.setLive(live, now, quietFrom)
  }

  /** @param marked clocks that are known to have moved by quiet, whether or not anything was due. */
  tick(now: number, marked: ReadonlySet<string>): void {
    this.clocks.tick(
      now,
      (clock, w) => marked.has(clock) || this.due(clock) <= w,
      (clock) => this.moved(clock),
    )
  }

  watermark(clock: string): number {
    return this.clocks.w(clock)
  }

  end(): void {
    for (const clock of this.clocks.names) this.clocks.raise(clock, Infinity)
    this.fireDue(() => true, Infinity)
    if (this.p.window.kind === 'whole') this.fireWhole()
    this.downstream?.end()
  }

  private fireWhole(): void {
    const panes = [...this.keysSeen].map((key) => {
      const events = this.all.filter((each) => each.key === key)
      const times = events.filter(finite).map(({ t }) => t)
      return pane({ key, start: Math.min(...times), end: Math.max(...times), events, carried: new Map() })
    })
    for (const each of panes.filter(({ events }) => events.some(finite)).sort(inOrder)) {
      this.fire(each)
      this.settle(each)
    }
  }

  /** The W at which a window fires or is dropped, here or downstream. */
  private due(clock: string): number {
    const due = this.panes
      .filter(({ key, events }) => (this.shared || key === clock) && events.some(finite))
      .map(({ end, revision }) => (revision === 0 ? end : end + this.lateness))
    const { downstream } = this
    const further =
      (downstream?.due(downstream.shared ? '' : keyOf(clock, downstream.p.groupBy)) ?? Infinity) + this.lateness
    // What was passed here before waits for others downstream.
    return Math.min(...due, further > this.clocks.w(clock) ? further : Infinity)
  }

  private moved(clock: string): void {
    const w = this.clocks.w(clock)
    this.fireDue((key) => this.shared || key === clock, w)
    this.downstream?.advance(clock, w - this.lateness)
  }

  /** A window is over: it is given on, once. */
  private settle({ key, end, values }: Pane): void {
    const { downstream } = this
    if (downstream === null) return
    const v = values[this.p.aggregates.indexOf(downstream.p.upstream?.statistic ?? '')] as number
    const event = { series: key, key: keyOf(key, downstream.p.groupBy), partition: '', t: end - MICROSECOND, v }
    downstream.record(event, 0)
  }

  private assign(event: Event, w: number): void {
    const { window } = this.p
    if (window.kind === 'whole') return
    if (window.kind === 'count') this.count(event, window.size, window.slide ?? window.size)
    else if (window.kind === 'session') this.session(event, w, durationMs(window.gap))
    else this.fixed(event, w)
  }

  private fixed(event: Event, w: number): void {
    const { lateness } = this
    const windows = this.windowsOf(event.t)
    if (windows.length === 0) return this.say('unassigned', event)
    const open = windows.filter(([, end]) => end + lateness > w)
    if (open.length === 0) return this.say('late', event)
    const again: Pane[] = []
    for (const [start, end] of open) {
      let into = this.panes.find((each) => each.key === event.key && each.start === start && each.end === end)
      if (into === undefined) this.panes.push((into = pane({ key: event.key, start, end, events: [], carried: null })))
      into.events.push(event)
      if (end <= w) again.push(into)
    }
    for (const each of again.sort(inOrder)) this.fire(each, event)
  }

  private windowsOf(t: number): [number, number][] {
    const { window } = this.p
    const result: [number, number][] = []
    if (window.kind === 'tumbling' || window.kind === 'hopping') {
      const size = durationMs(window.size)
      const slide = window.kind === 'hopping' ? durationMs(window.slide) : size
      let s = durationMs(window.offset) + Math.floor((t - durationMs(window.offset)) / slide) * slide
      for (; s + size > t; s -= slide) result.push([s, s + size])
    } else if (window.kind === 'cumulative') {
      const size = durationMs(window.size)
      const s = durationMs(window.offset) + Math.floor((t - durationMs(window.offset)) / size) * size
      for (let e = s + durationMs(window.step); e <= s + size; e += durationMs(window.step))
        if (t < e) result.push([s, e])
    } else if (this.calendar !== null) result.push(this.calendar.windowOf(t))
    return result
  }

  private session(event: Event, w: number, gap: number): void {
    const { lateness } = this
    const mine = this.panes.filter((each) => each.key === event.key)
    const touched = mine.filter((each) => each.start <= event.t + gap && event.t <= each.end)
    const start = Math.min(event.t, ...touched.map((each) => each.start))
    const end = Math.max(event.t + gap, ...touched.map((each) => each.end))
    if (end + lateness <= w) return this.say('late', event)
    if (!finite(event)) {
      const holder = mine.find((each) => each.start <= event.t && event.t < each.end)
      if (holder === undefined) this.gaps.push(event)
      else holder.events.push(event)
      if (holder !== undefined && holder.revision > 0) this.fire(holder, event)
      return
    }
    const same = touched.length === 1 && touched[0]?.start === start && touched[0].end === end
    if (same) {
      touched[0]?.events.push(event)
      if (end <= w) this.fire(touched[0] as Pane, event)
      return
    }
    const replaces = touched.flatMap((each) => [
      ...each.replaces,
      ...(each.revision > 0 ? [[each.start, each.end] as [number, number]] : []),
    ])
    const events = touched.flatMap((each) => each.events)
    this.panes = this.panes.filter((each) => !touched.includes(each))
    const inside = (each: Event): boolean =>
      each.t + gap + lateness > w && each.key === event.key && start <= each.t && each.t < end
    const gaps = this.gaps.filter(inside)
    this.gaps = this.gaps.filter((each) => !inside(each))
    const merged = pane({ key: event.key, start, end, events: [...events, event, ...gaps], carried: new Map() })
    merged.replaces = replaces
    this.panes.push(merged)
    if (end <= w) this.fire(merged, event)
  }

  /** Gaps that lie in no session yet. */
  private gaps: Event[] = []

  private count(event: Event, size: number, slide: number): void {
    let state = this.counted.get(event.key)
    if (state === undefined) this.counted.set(event.key, (state = { events: [], gaps: [], pending: 0, fired: 0 }))
    if (!finite(event)) {
      state.pending++
      return
    }
    state.events.push(event)
    state.gaps.push(state.pending)
    state.pending = 0
    if (state.events.length % slide !== 0) return
    const events = state.events.slice(-size)
    const missing = state.gaps.slice(-size).reduce((sum, each) => sum + each, 0)
    const times = events.map(({ t }) => t)
    const content = { key: event.key, start: Math.min(...times), end: Math.max(...times), events, carried: new Map() }
    const full = pane(content)
    this.emit(full, state.fired++, missing)
    this.settle(full)
  }

  private fireDue(ours: (key: string) => boolean, w: number): void {
    const due = this.panes.filter((each) => ours(each.key) && each.end <= w && each.revision === 0)
    for (const each of due.sort(inOrder)) this.fire(each)
    const over = this.panes.filter((each) => ours(each.key) && each.end + this.lateness <= w)
    this.panes = this.panes.filter((each) => !over.includes(each))
    for (const each of over.sort(inOrder)) if (each.revision > 0) this.settle(each)
  }

  private fire(pane: Pane, last?: Event): void {
    if (!pane.events.some(finite)) return
    if (pane.carried === null) {
      pane.carried = new Map()
      for (const event of last === undefined ? this.all : [...this.all, last]) {
        if (event.key !== pane.key || !finite(event) || event.t >= pane.start) continue
        const known = pane.carried.get(event.series)
        if (known === undefined || event.t >= known.t) pane.carried.set(event.series, event)
      }
    }
    this.emit(pane, -1, pane.events.filter((event) => !finite(event)).length)
    pane.revision++
    pane.replaces = []
  }

  private emit(pane: Pane, index: number, missing: number): void {
    const values = this.p.aggregates.map((name) => statistic(name, pane, missing, this.p.groupBy.length > 0))
    const replaces = JSON.stringify(pane.replaces.sort((a, b) => a[0] - b[0]))
    pane.values = values
    this.out.push({
      pipeline: this.p.id,
      kind: 'fire',
      key: pane.key,
      start: pane.start,
      end: pane.end,
      revision: pane.revision,
      index,
      replaces,
      values,
    })
  }

  private say(kind: 'late' | 'unassigned', event: Event): void {
    this.out.push({
      pipeline: this.p.id,
      kind,
      key: event.series,
      start: event.t,
      end: event.t,
      revision: 0,
      index: -1,
      replaces: '[]',
      values: [],
    })
  }
}
