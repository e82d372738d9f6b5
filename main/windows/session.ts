/** Session windows: [t, t + gap) merged with every open session that it overlaps or touches. */
import type { Accumulators, OpenWindow, StateReader, StateWriter, WindowFrame } from '../contracts'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import type { StatisticValues, WindowResult } from '../../shared/model/results'
import { widenDoubles } from './columns'
import { LooseGaps } from './gaps'
import type { PaneContext, Panes } from './panes'

interface Session extends WindowFrame {
  start: EpochMs
  end: EpochMs
  readonly slot: number
  /** Its last result, where it has fired with these bounds and may fire again. */
  result: WindowResult | null
  /** Bounds of results that its next one takes the place of. */
  replaces: (readonly [EpochMs, EpochMs])[] | null
}

interface KeyState {
  /** Sorted and apart from each other. */
  readonly sessions: Session[]
  readonly gaps: LooseGaps
}

/**
 * A session of one sample lasts `gap` (whole ms); missing readings extend none. Source: Flink's merging session windows,
 * but a session that grew after it had fired names the results that it replaces.
 */
export class SessionPanes implements Panes {
  due: Float64Array = new Float64Array(0)
  private readonly keys: KeyState[] = []

  constructor(
    private readonly gap: DurationMs,
    private readonly accumulators: Accumulators,
    private readonly context: PaneContext,
  ) {}

  addKey(key: number): void {
    this.due = widenDoubles(this.due, key + 1, Infinity)
    this.keys[key] = { sessions: [], gaps: new LooseGaps() }
  }

  add(key: number, series: number, t: EpochMs, value: number, watermark: EpochMs): void {
    const { sessions, gaps } = this.keys[key] as KeyState
    const last = sessions.length > 0 ? (sessions[sessions.length - 1] as Session) : null
    const inOrder = last !== null && last.end > watermark && t >= last.start && t <= last.end
    if (inOrder && value - value === 0 && gaps.isEmpty) {
      this.accumulators.add(last.slot, t, value, series)
      if (t + this.gap > last.end) {
        this.grow(last, last.start, t + this.gap)
        this.due[key] = this.nextDue(sessions, watermark)
      }
    } else this.assign(key, series, t, value, watermark)
  }

  fire(key: number, watermark: EpochMs): void {
    const { sessions, gaps } = this.keys[key] as KeyState
    const due = this.due[key] as number
    const { allowedLateness, out } = this.context
    for (const session of sessions) {
      if (session.end > due) break
      if (session.end === due && session.result === null) this.emit(key, session)
    }
    while (sessions.length > 0 && (sessions[0] as Session).end + allowedLateness <= due) {
      const [dropped] = sessions.splice(0, 1) as [Session]
      if (dropped.result !== null) out.settled?.(dropped.result)
      this.accumulators.release(dropped.slot)
    }
    gaps.dropUntil(watermark - allowedLateness - this.gap)
    this.due[key] = this.nextDue(sessions, due)
  }

  open(key: number): OpenWindow | null {
    const session = this.keys[key]?.sessions.at(-1)
    if (session === undefined || session.result !== null) return null
    return { start: session.start, end: session.end, values: this.values(session) }
  }

  write(key: number, to: StateWriter): void {
    const { sessions, gaps } = this.keys[key] as KeyState
    to.number(this.due[key] as number)
    to.numbers(gaps.times)
    to.number(sessions.length)
    for (const { start, end, slot, result, replaces } of sessions) {
      to.numbers([start, end, result === null ? -1 : result.revision])
      to.numbers((replaces ?? []).flat())
      if (result !== null) {
        to.numbers(result.values)
        to.numbers((result.replaces ?? []).flat())
      }
      this.accumulators.write(slot, to)
    }
  }

  read(key: number, from: StateReader): void {
    const { sessions, gaps } = this.keys[key] as KeyState
    this.due[key] = from.number()
    for (const time of from.numbers()) gaps.add(time)
    for (let left = from.number(); left > 0; left--) {
      const [start, end, revision] = from.numbers() as unknown as [number, number, number]
      const session = this.session(start, end)
      const replaces = pairs(from.numbers())
      if (replaces.length > 0) session.replaces = replaces
      if (revision >= 0) {
        const values = from.numbers()
        session.result = this.resultOf(key, session, revision, values, pairs(from.numbers()))
      }
      this.accumulators.read(session.slot, from)
      sessions.push(session)
    }
  }

  private assign(key: number, series: number, t: EpochMs, value: number, watermark: EpochMs): void {
    const { sessions, gaps } = this.keys[key] as KeyState
    const { allowedLateness, out } = this.context
    let first = 0
    while (first < sessions.length && (sessions[first] as Session).end < t) first++
    let after = first
    while (after < sessions.length && (sessions[after] as Session).start <= t + this.gap) after++
    const end = Math.max(t + this.gap, after > first ? (sessions[after - 1] as Session).end : -Infinity)
    // It may belong to a session that is gone, also where it is in time for a later one.
    if (t + allowedLateness <= watermark) out.missed?.(this.context.keyId(key), t, watermark)
    if (end + allowedLateness <= watermark) {
      out.late(this.context.seriesId(series), t, value)
      return
    }
    gaps.dropUntil(watermark - allowedLateness - this.gap)
    if (value - value !== 0) {
      const holder = sessions.slice(first, after).find((each) => each.start <= t && t < each.end)
      if (holder === undefined) gaps.add(t)
      else this.addGaps(key, holder, 1)
      return
    }
    const session = after > first ? this.mergeAll(sessions, first, after) : this.session(t, t + this.gap)
    if (after === first) sessions.splice(first, 0, session)
    this.accumulators.add(session.slot, t, value, series)
    this.grow(session, Math.min(session.start, t), end)
    const absorbed = gaps.take(session.start, session.end)
    if (absorbed > 0) this.accumulators.addGaps(session.slot, absorbed)
    if (end <= watermark) this.emit(key, session)
    this.due[key] = this.nextDue(sessions, watermark)
  }

  /** A gap in a session that has fired is new content: it fires again. */
  private addGaps(key: number, session: Session, gaps: number): void {
    this.accumulators.addGaps(session.slot, gaps)
    if (session.result !== null) this.emit(key, session)
  }

  private mergeAll(sessions: Session[], first: number, after: number): Session {
    const into = sessions[first] as Session
    for (const from of sessions.splice(first + 1, after - first - 1)) {
      this.accumulators.merge(into.slot, from.slot)
      this.accumulators.release(from.slot)
      this.grow(into, into.start, from.end)
      if (from.result !== null) (into.replaces ??= []).push([from.start, from.end])
      if (from.replaces !== null) (into.replaces ??= []).push(...from.replaces)
    }
    return into
  }

  /** New bounds are a new identity: what has fired under the old ones is to be replaced. */
  private grow(session: Session, start: EpochMs, end: EpochMs): void {
    if (session.start === start && session.end === end) return
    if (session.result !== null) {
      ;(session.replaces ??= []).push([session.start, session.end])
      session.result = null
    }
    session.start = start
    session.end = end
  }

  private emit(key: number, session: Session): void {
    const { out, allowedLateness } = this.context
    const revision = session.result === null ? 0 : session.result.revision + 1
    const replaces = (session.replaces ?? []).sort((a, b) => a[0] - b[0])
    const result = this.resultOf(key, session, revision, this.values(session), replaces)
    session.result = result
    session.replaces = null
    out.fire(result)
    if (allowedLateness === 0) {
      out.settled?.(result)
      session.result = null
    }
  }

  private resultOf(
    key: number,
    session: Session,
    revision: number,
    values: StatisticValues,
    replaces: [EpochMs, EpochMs][] | (readonly [EpochMs, EpochMs])[],
  ): WindowResult {
    const { pipeline } = this.context
    const { start, end } = session
    const result = { pipeline, key: this.context.keyId(key), start, end, revision, values }
    return replaces.length > 0 ? { ...result, replaces } : result
  }

  private values(session: Session): number[] {
    return this.accumulators.result(session.slot, session)
  }

  private session(start: EpochMs, end: EpochMs): Session {
    return { start, end, slot: this.accumulators.create(), result: null, replaces: null, carry: carriesNothing }
  }

  /** The next end beyond the watermark, or the time at which the oldest session is dropped. */
  private nextDue(sessions: readonly Session[], watermark: EpochMs): number {
    const { allowedLateness } = this.context
    let due = sessions.length > 0 ? (sessions[0] as Session).end + allowedLateness : Infinity
    for (const { end } of sessions) {
      if (end <= watermark) continue
      if (end < due) due = end
      break
    }
    return due
  }
}

/** Sessions, count windows and the whole begin with their own first sample. */
export function carriesNothing(): boolean {
  return false
}

function pairs(flat: Float64Array): [EpochMs, EpochMs][] {
  const all: [EpochMs, EpochMs][] = []
  for (let i = 0; i + 1 < flat.length; i += 2) all.push([flat[i] as number, flat[i + 1] as number])
  return all
}
