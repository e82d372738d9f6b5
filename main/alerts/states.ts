/**
 * The state machine of one rule over all of its keys, in columns: no object per key, nothing allocated per reading.
 * Pure: time is the event time that it is given. Named as in Prometheus (`for`, `keep_firing_for`); unlike there a
 * change that falls between two readings is stamped when it was due, so that live and stored data give the same.
 *
 *     Normal → Pending → Firing → Recovering → Normal       Recovering → Firing: the same alert goes on
 *     any → Silent (where silence is an alert), any → Error; the next reading leads out of both
 */
import type { DurationMs, EpochMs } from '../../shared/model/time'

export const ALERT_STATES = ['normal', 'pending', 'firing', 'recovering', 'silent', 'error'] as const
export type AlertState = (typeof ALERT_STATES)[number]

const NORMAL = 0
const PENDING = 1
const FIRING = 2
const RECOVERING = 3
const SILENT = 4
const ERROR = 5

export interface AlertTiming {
  readonly for: DurationMs
  readonly keepFiringFor: DurationMs
  readonly silentAfter: DurationMs
  readonly silenceMeans: 'alert' | 'ok' | 'keep'
}

export interface AlertTransition {
  /** Dense number of the key within its rule. */
  readonly key: number
  readonly from: AlertState
  readonly to: AlertState
  readonly time: EpochMs
  /** The last finite value of the key; NaN before there was one. */
  readonly value: number
  /** Another value for a time already judged caused it. */
  readonly revised: boolean
  /** An alert began or ended, and the key was not silenced at that time. */
  readonly notify: boolean
}
export type TransitionSink = (transition: AlertTransition) => void

export class AlertStates {
  private state = new Uint8Array(0)
  /** The state that Silent or Error interrupted: an alert that was firing goes on without `for`. */
  private interrupted = new Uint8Array(0)
  private acknowledged = new Uint8Array(0)
  private since = new Float64Array(0)
  private judged = new Float64Array(0)
  private heard = new Float64Array(0)
  private value = new Float64Array(0)
  private silenced = new Float64Array(0)

  constructor(private readonly timing: AlertTiming) {}

  /** A finite reading that is current; one of the newest time judged revises it. */
  reading(key: number, time: EpochMs, value: number, holds: boolean, out: TransitionSink): void {
    this.reserve(key)
    const revised = time === this.judged[key]
    if (!revised) this.clock(key, time, out)
    this.judged[key] = time
    this.heard[key] = Math.max(time, this.heard[key] as number)
    this.value[key] = value
    const from = this.state[key] as number
    const to = holds ? this.met(key, from, time) : this.unmet(key, from)
    if (to !== from) this.change(key, to, time, revised, out)
  }

  /** False for a reading older than the newest judged: it is not the newest value and must change nothing. */
  isCurrent(key: number, time: EpochMs): boolean {
    return key >= this.state.length || time >= (this.judged[key] as number)
  }

  /** Event time reached `time` without a reading (a gap, or a quiet live source): what was due by then happens. */
  clock(key: number, time: EpochMs, out: TransitionSink): void {
    this.reserve(key)
    const { keepFiringFor, silentAfter, silenceMeans } = this.timing
    const recovered = this.state[key] === RECOVERING ? (this.since[key] as number) + keepFiringFor : Infinity
    const silent = silenceMeans === 'keep' ? Infinity : (this.heard[key] as number) + silentAfter
    if (recovered <= Math.min(time, silent)) this.change(key, NORMAL, recovered, false, out)
    // A key never heard of has no silence to measure, and one in error would go to and fro.
    if (silent > time || silent === -Infinity || this.state[key] === ERROR) return
    const to = silenceMeans === 'alert' ? SILENT : NORMAL
    if (this.state[key] !== to) this.change(key, to, silent, false, out)
  }

  /** The value could not be computed. */
  fail(key: number, time: EpochMs, out: TransitionSink): void {
    this.clock(key, time, out)
    if (this.state[key] !== ERROR) this.change(key, ERROR, time, false, out)
  }

  /** The source of the key is live again: its silence counts anew from here. Not to be called with times going back. */
  resumed(key: number, time: EpochMs): void {
    this.reserve(key)
    if (this.heard[key] !== -Infinity) this.heard[key] = Math.max(time, this.heard[key] as number)
  }

  /** Holds until the alert is over. @returns false where nothing is to be acknowledged. */
  acknowledge(key: number): boolean {
    if (!isAlert(this.state[key] ?? NORMAL)) return false
    this.acknowledged[key] = 1
    return true
  }

  isAcknowledged(key: number): boolean {
    return this.acknowledged[key] === 1
  }

  /** Changes before `until` are made, and not notified of. */
  silenceUntil(key: number, until: EpochMs): void {
    this.reserve(key)
    this.silenced[key] = until
  }

  stateOf(key: number): AlertState {
    return ALERT_STATES[this.state[key] ?? NORMAL] as AlertState
  }

  private met(key: number, from: number, time: EpochMs): number {
    if (this.wasFiring(key, from)) return FIRING
    if (from === PENDING) return time - (this.since[key] as number) >= this.timing.for ? FIRING : PENDING
    return this.timing.for > 0 ? PENDING : FIRING
  }

  private unmet(key: number, from: number): number {
    return this.wasFiring(key, from) && this.timing.keepFiringFor > 0 ? RECOVERING : NORMAL
  }

  private wasFiring(key: number, from: number): boolean {
    return isFiring(from === SILENT || from === ERROR ? (this.interrupted[key] as number) : from)
  }

  private change(key: number, to: number, time: EpochMs, revised: boolean, out: TransitionSink): void {
    const from = this.state[key] as number
    if (to === SILENT || to === ERROR) {
      if (from !== SILENT && from !== ERROR) this.interrupted[key] = from
    } else this.interrupted[key] = NORMAL
    this.state[key] = to
    this.since[key] = time
    if (!isAlert(to)) this.acknowledged[key] = 0
    const told = isAlert(from) !== isAlert(to) || to === SILENT || to === ERROR
    out({
      key,
      from: ALERT_STATES[from] as AlertState,
      to: ALERT_STATES[to] as AlertState,
      time,
      value: this.value[key] as number,
      revised,
      notify: told && time >= (this.silenced[key] as number),
    })
  }

  private reserve(key: number): void {
    const before = this.state.length
    if (key < before) return
    const length = Math.max(16, key + 1, before * 2)
    this.state = grown(this.state, new Uint8Array(length))
    this.interrupted = grown(this.interrupted, new Uint8Array(length))
    this.acknowledged = grown(this.acknowledged, new Uint8Array(length))
    this.since = grown(this.since, new Float64Array(length))
    this.judged = grown(this.judged, new Float64Array(length).fill(-Infinity))
    this.heard = grown(this.heard, new Float64Array(length).fill(-Infinity))
    this.value = grown(this.value, new Float64Array(length).fill(NaN))
    this.silenced = grown(this.silenced, new Float64Array(length).fill(-Infinity))
  }
}

const isFiring = (state: number): boolean => state === FIRING || state === RECOVERING
/** An alert that a person has to know of. */
const isAlert = (state: number): boolean => state >= FIRING

export function grown<T extends Uint8Array | Uint32Array | Float64Array>(from: T, into: T): T {
  into.set(from)
  return into
}
