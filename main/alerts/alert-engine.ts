/**
 * All alert rules over all series and results. Pure: time is passed in, what comes out goes to one sink, in the order
 * in which it happens; batches of any size give the same. A state is found once for a rule and series, and a reading
 * steps the states of its series only.
 */
import type { Accumulators, Follower, StateReader, StateWriter } from '../contracts'
import type { AlertRule, FollowingReduction } from '../../shared/config/alert'
import { SOURCE_DOWN } from '../../shared/config/alert'
import type { WindowResult } from '../../shared/model/results'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesId, SeriesInfo } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import type { CompiledRule } from './compiled-rule'
import { readState, writeState } from './engine-state'
import type { Input } from './input'
import { KeyTable } from './key-table'
import { LiveClock } from './live-clock'
import { AlertMachine } from './machine'
import type { Subject } from './machine'
import { Notices } from './notices'
import { RuleBook } from './rule-book'
import { ACKNOWLEDGED, StateColumns } from './state-columns'
import { anchor, dueOfAll, stepClock, stepReading, stepResult } from './stepping'
import { ALERT_STATES, isAlert, NORMAL } from './transition'
import type { AlertState, AlertTransition, Now, TransitionSink } from './transition'
import type { WatchedKey } from './watched-key'
import { sourceDownRule, WatchedSource } from './watched-source'

/** The finest step of a time, ms: a result is a sample just before the end of its window. */
const MICROSECOND = 0.001
const SOURCE_DOWN_AFTER: DurationMs = 30_000

export interface AlertEngineOptions {
  /** Fresh slots of accumulators for these statistics. */
  createAccumulators(statistics: readonly string[]): Accumulators
  /** A fresh one. */
  createFollower(of: FollowingReduction): Follower
  /** The newest reading of a series before there was a rule for it; NaN: there is none. */
  lastTime?(series: SeriesId): EpochMs
  /** How long a source may be away before it is told; default 30 s. */
  readonly sourceDownAfter?: DurationMs
  readonly sourceDownRepeatEvery?: DurationMs
}

/** Results of one pipeline, in the order of their firing. */
export interface AlertResults {
  readonly pipeline: string
  /** The source that its series come from. */
  readonly source: string
  readonly aggregates: readonly string[]
  readonly results: readonly WindowResult[]
}

/** A standing state, for lists. */
export interface AlertStanding {
  readonly rule: string
  /** Null: the source as a whole. */
  readonly key: SeriesId | null
  readonly source: string
  readonly state: AlertState
  readonly since: EpochMs
  readonly value: number
  readonly acknowledged: boolean
  /** −∞: notifications are not silenced. */
  readonly silencedUntil: EpochMs
}

export class AlertEngine {
  private readonly columns = new StateColumns()
  private readonly notices: Notices
  private readonly machine: AlertMachine
  private readonly book = new RuleBook()
  private readonly keys: KeyTable
  private readonly live: LiveClock
  private down: CompiledRule
  private monotonic = 0

  constructor(out: TransitionSink, options: AlertEngineOptions) {
    this.notices = new Notices(this.columns, out)
    this.machine = new AlertMachine(this.columns, this.notices)
    this.live = new LiveClock(this.machine)
    this.down = sourceDownRule(options.sourceDownAfter ?? SOURCE_DOWN_AFTER, options.sourceDownRepeatEvery ?? null)
    this.keys = new KeyTable(this.book, this.columns, options, {
      source: (id) => new WatchedSource(id, () => this.down, this.columns),
      withdraw: (slot, rule, input) => this.withdraw(slot, rule, input),
      attached: (key) => this.attached(key),
    })
  }

  /**
   * The rules from now on. A rule whose meaning is the same keeps its states; alerts of one that is gone, or means
   * something else, are over.
   * @throws PatternError
   */
  define(rules: readonly AlertRule[], now: Now): void {
    this.at(now)
    this.book.define(rules)
    this.keys.refresh()
  }

  /** @param repeatEvery null: never */
  setSourceDown(after: DurationMs, repeatEvery: DurationMs | null): void {
    this.down = sourceDownRule(after, repeatEvery)
  }

  /** Also where its metadata changed, which changes nothing here. */
  seriesAdded(info: SeriesInfo, now: Now): void {
    this.at(now)
    this.keys.add(info)
  }

  /** Its readings are erased: its alerts are over. */
  seriesRemoved(series: SeriesId, now: Now): void {
    this.at(now)
    this.keys.remove(series)
  }

  /** NaN is a gap: it moves the clock of its series and ends no silence. */
  samples(batch: SampleBatch, now: Now): void {
    this.at(now)
    const { series, time, value, length } = batch
    for (let i = 0; i < length; i++) {
      const key = this.keys.readings[series[i] as number]
      if (key === undefined) continue
      stepReading(this.machine, key, time[i] as number, value[i] as number, now.monotonic)
      this.live.arm(key)
    }
  }

  /** Every revision is taken; one of an older result than the newest changes only what is reduced over a window. */
  results({ pipeline, source, aggregates, results }: AlertResults, now: Now): void {
    this.at(now)
    for (const { key: id, end, values, replaces = [] } of results) {
      const key = this.keys.ofResults(pipeline, id, source)
      if (key === undefined) continue
      const valueOf = (statistic: string): number => values[aggregates.indexOf(statistic)] ?? NaN
      const replaced = replaces.map(([, before]) => before - MICROSECOND)
      stepResult(this.machine, key, end - MICROSECOND, { valueOf, replaced }, now.monotonic)
      this.live.arm(key)
    }
  }

  /** The event time of a series (null: of all keys) has reached `time`: what was due by then happens. */
  clock(series: SeriesId | null, time: EpochMs, now: Now): void {
    this.at(now)
    const keys = series === null ? this.keys.all() : [this.keys.readings[series]]
    for (const key of keys) {
      if (key === undefined) continue
      stepClock(this.machine, key, time)
      this.live.arm(key)
    }
  }

  /** Live, about once a second: quiet keys of live sources, sources that are away, silences that are over. */
  advance(now: Now): void {
    this.at(now)
    const over = new Set(this.notices.takeUnsilenced())
    if (over.size > 0)
      this.each((slot, rule, subject) => {
        if (over.has(slot)) this.notices.unsilenced(slot, rule, subject)
      })
    this.live.advance(now.monotonic)
    for (const source of this.keys.sources.values()) source.advance(this.machine, now)
  }

  /**
   * To be told of each source that lives on (not of finite inputs): at the start with false, then at every change.
   * @param quietFrom monotonic: when its backlog will be read; no key is found silent before
   */
  sourceState(source: string, live: boolean, now: Now, quietFrom = now.monotonic): void {
    this.at(now)
    const watched = this.keys.source(source)
    this.live.advance(now.monotonic)
    watched.advance(this.machine, now)
    if (watched.becomes(live, this.machine, now, quietFrom) && live) this.live.resume(watched, now.monotonic)
  }

  sourceRemoved(source: string, now: Now): void {
    this.at(now)
    const watched = this.keys.source(source)
    if (watched.live === false) this.sourceState(source, true, now)
    this.keys.removeSource(watched)
    this.release(watched.slot)
  }

  /**
   * No repeats until the alert is over.
   * @param key a series, or the id of a source for the rule `source-down`
   * @returns false where there is no alert
   */
  acknowledge(rule: string, key: SeriesId | string): boolean {
    const slot = this.slotOf(rule, key)
    if (slot === null || !isAlert(this.columns.state[slot] as number)) return false
    this.columns.set(slot, ACKNOWLEDGED)
    return true
  }

  /**
   * Changes before `until`, by the clock on the wall, are made and not told; what lasts then is told at the next
   * `advance`. A time that has passed ends a silence. @returns false where the rule is not for this key
   */
  silence(rule: string, key: SeriesId | string, until: EpochMs): boolean {
    const slot = this.slotOf(rule, key)
    if (slot === null) return false
    this.notices.silence(slot, until)
    return true
  }

  /** Notifications come again. @returns false where the rule is not for this key */
  hear(rule: string, key: SeriesId | string): boolean {
    const slot = this.slotOf(rule, key)
    if (slot === null) return false
    if (this.notices.silencedUntil(slot) !== -Infinity) this.notices.silence(slot, -Infinity)
    return true
  }

  /**
   * A change that the file has: whatever the state says, it has happened, and people have been told.
   * @param notify what they were told with it
   */
  recall(rule: string, key: SeriesId | string, to: AlertState, time: EpochMs, notify: AlertTransition['notify']): void {
    const slot = this.slotOf(rule, key)
    if (slot === null) return
    const compiled = rule === SOURCE_DOWN ? this.down : (this.book.find(rule) as CompiledRule)
    const heard =
      typeof key === 'string' ? this.keys.source(key).key.heard : (this.keys.keyOf(compiled, key)?.heard ?? -Infinity)
    this.machine.recall(slot, compiled, heard, { to: ALERT_STATES.indexOf(to), time })
    this.notices.recall(slot, compiled, time, notify)
    const watched = typeof key === 'number' ? this.keys.keyOf(compiled, key) : undefined
    if (watched !== undefined) this.refreshDue(watched)
  }

  /** Null where the rule is not for this key. */
  stateOf(rule: string, key: SeriesId | string): AlertState | null {
    const slot = this.slotOf(rule, key)
    return slot === null ? null : (ALERT_STATES[this.columns.state[slot] as number] as AlertState)
  }

  /** Everything that is not normal. */
  standing(): AlertStanding[] {
    const found: AlertStanding[] = []
    this.each((slot, rule, { key, value }) => {
      const state = this.columns.state[slot] as number
      if (state === NORMAL) return
      found.push({
        rule: rule.id,
        key: key.id,
        source: key.source,
        state: ALERT_STATES[state] as AlertState,
        since: this.columns.since[slot] as number,
        value,
        acknowledged: this.columns.has(slot, ACKNOWLEDGED),
        silencedUntil: this.notices.silencedUntil(slot),
      })
    })
    return found
  }

  /** All state, versioned, with times as ages by the monotonic clock. */
  write(to: StateWriter, now: Now): void {
    writeState({ keys: this.keys, columns: this.columns, notices: this.notices }, to, now.monotonic)
  }

  /**
   * Into a new engine with its rules and series: goes on as if nothing had happened, but for rules that mean something
   * else now and series that are gone. In another process each source is to be told of anew.
   * @throws Error where the state is of another version, RangeError where it ends too early
   */
  read(from: StateReader, now: Now): void {
    readState({ keys: this.keys, columns: this.columns, notices: this.notices }, from, now.monotonic)
    for (const key of this.keys.all()) this.refreshDue(key)
  }

  private at({ monotonic, wall }: Now): void {
    this.monotonic = monotonic
    this.notices.wall = wall
  }

  private each(visit: (slot: number, rule: CompiledRule, subject: Subject) => void): void {
    this.keys.each(visit)
    for (const source of this.keys.sources.values()) visit(source.slot, this.down, source)
  }

  /** The rules for the key are others now. Where it had been heard of before there were any, its silence begins now. */
  private attached(key: WatchedKey): void {
    if (key.anchor === -Infinity && key.clock !== -Infinity) anchor(key, key.clock, this.monotonic)
    this.refreshDue(key)
  }

  private refreshDue(key: WatchedKey): void {
    key.due = dueOfAll(this.machine, key)
    this.live.arm(key)
  }

  private release(slot: number): void {
    this.notices.forget(slot)
    this.columns.release(slot)
  }

  private withdraw(slot: number, rule: CompiledRule, input: Input): void {
    const from = this.columns.state[slot] as number
    const time = input.key.clock
    if (from !== NORMAL)
      this.notices.changed(slot, rule, input, { from, to: NORMAL, time, reason: 'withdrawn', revised: false })
    this.release(slot)
  }

  private slotOf(rule: string, key: SeriesId | string): number | null {
    if (rule === SOURCE_DOWN) return typeof key === 'string' ? (this.keys.sources.get(key)?.slot ?? null) : null
    const known = this.book.find(rule)
    return known === undefined || typeof key === 'string' ? null : this.keys.slot(known, key)
  }
}
