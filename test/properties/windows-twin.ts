/** The windows' naive twin: keeps every event, enumerates windows by their definition, recomputes every result. */
import type { Pipeline } from '../../shared/config/pipeline'
import { CLOCK_ONLY } from '../../main/contracts'
import { durationMs } from '../../shared/config/duration'
import { NaiveCalendar } from './windows-calendar'
import { finite, statistic } from './windows-statistics'

export interface Event {
  readonly series: string
  readonly key: string
  readonly partition: string
  readonly t: number
  readonly v: number
}

export interface Fired {
  readonly kind: 'fire' | 'late' | 'unassigned'
  readonly key: string
  readonly start: number
  readonly end: number
  readonly revision: number
  readonly index: number
  readonly replaces: string
  readonly values: readonly number[]
}

export interface Pane {
  readonly key: string
  readonly start: number
  readonly end: number
  events: Event[]
  revision: number
  /** By series: the sample before the window, as known when it first fired. */
  carried: Map<string, Event> | null
  replaces: [number, number][]
}

export class Twin {
  readonly out: Fired[] = []
  private readonly all: Event[] = []
  private panes: Pane[] = []
  private readonly memberW = new Map<string, Map<string, number>>()
  private readonly clockW = new Map<string, number>()
  private readonly counted = new Map<string, { events: Event[]; gaps: number[]; pending: number; fired: number }>()
  private readonly keysSeen = new Set<string>()

  private readonly calendar: NaiveCalendar | null

  constructor(private readonly p: Pipeline) {
    this.calendar = p.window.kind === 'calendar' ? new NaiveCalendar(p.window) : null
  }

  record(event: Event): void {
    this.keysSeen.add(event.key)
    const clock = this.p.time.clock === 'source' ? '' : event.key
    if (event.v !== CLOCK_ONLY) {
      this.assign(event, this.clockW.get(clock) ?? -Infinity)
      this.all.push(event)
    }
    this.advance(event, clock)
  }

  end(): void {
    for (const clock of [...this.clockW.keys()]) this.clockW.set(clock, Infinity)
    this.fireDue(() => true, Infinity)
    if (this.p.window.kind !== 'whole') return
    const panes = [...this.keysSeen].map((key) => {
      const events = this.all.filter((each) => each.key === key)
      const times = events.filter(finite).map(({ t }) => t)
      return {
        key,
        start: Math.min(...times),
        end: Math.max(...times),
        events,
        revision: 0,
        carried: new Map(),
        replaces: [],
      }
    })
    for (const pane of panes.filter(({ events }) => events.some(finite)).sort(inOrder)) this.fire(pane)
  }

  private assign(event: Event, w: number): void {
    const { window } = this.p
    if (window.kind === 'whole') return
    if (window.kind === 'count') this.count(event, window.size, window.slide ?? window.size)
    else if (window.kind === 'session') this.session(event, w, durationMs(window.gap))
    else this.fixed(event, w)
  }

  private fixed(event: Event, w: number): void {
    const lateness = durationMs(this.p.time.allowedLateness)
    const windows = this.windowsOf(event.t)
    if (windows.length === 0) return this.say('unassigned', event)
    const open = windows.filter(([, end]) => end + lateness > w)
    if (open.length === 0) return this.say('late', event)
    const again: Pane[] = []
    for (const [start, end] of open) {
      let pane = this.panes.find((each) => each.key === event.key && each.start === start && each.end === end)
      if (pane === undefined)
        this.panes.push((pane = { key: event.key, start, end, events: [], revision: 0, carried: null, replaces: [] }))
      pane.events.push(event)
      if (end <= w) again.push(pane)
    }
    for (const pane of again.sort(inOrder)) this.fire(pane, event)
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
    const lateness = durationMs(this.p.time.allowedLateness)
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
    const pane: Pane = {
      key: event.key,
      start,
      end,
      events: [...events, event, ...gaps],
      revision: 0,
      carried: new Map(),
      replaces,
    }
    this.panes.push(pane)
    if (end <= w) this.fire(pane, event)
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
    const pane: Pane = {
      key: event.key,
      start: Math.min(...times),
      end: Math.max(...times),
      events,
      revision: 0,
      carried: new Map(),
      replaces: [],
    }
    this.emit(pane, state.fired++, missing)
  }

  private advance(event: Event, clock: string): void {
    const { time, groupBy } = this.p
    const member = time.clock === 'source' ? event.partition : groupBy.length > 0 ? event.series : event.key
    let members = this.memberW.get(clock)
    if (members === undefined) this.memberW.set(clock, (members = new Map()))
    members.set(member, Math.max(members.get(member) ?? -Infinity, event.t - durationMs(time.outOfOrderness)))
    const before = this.clockW.get(clock) ?? -Infinity
    const w = Math.max(before, Math.min(...members.values()))
    this.clockW.set(clock, w)
    if (w > before) this.fireDue((key) => time.clock === 'source' || key === event.key, w)
  }

  private fireDue(ours: (key: string) => boolean, w: number): void {
    const lateness = durationMs(this.p.time.allowedLateness)
    const due = this.panes.filter((each) => ours(each.key) && each.end <= w && each.revision === 0)
    for (const pane of due.sort(inOrder)) this.fire(pane)
    this.panes = this.panes.filter((each) => !ours(each.key) || each.end + lateness > w)
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
    this.out.push({
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

const inOrder = (a: Pane, b: Pane): number =>
  a.end - b.end || (a.key < b.key ? -1 : a.key > b.key ? 1 : a.start - b.start)
