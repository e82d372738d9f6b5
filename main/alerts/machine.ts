/**
 * The state machine of a rule and key. Pure: time is the event time that it is given. Named as in Prometheus (`for`,
 * `keep_firing_for`); unlike there a change that falls between two readings is stamped when it was due, so that live
 * and stored data give the same.
 *
 *     Normal → Pending → Firing → Recovering → Normal       Recovering → Firing: the same alert goes on
 *     any → Silent (where silence is an alert), any → Error; the next reading leads out of both
 *
 * A reading is the witness that a condition holds: neither a gap nor the clock makes a pending alert fire, unless the
 * silence is what its condition asks for.
 */
import type { SeriesId } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import type { CompiledRule } from './compiled-rule'
import { ACKNOWLEDGED, TOLD } from './state-columns'
import type { StateColumns } from './state-columns'
import { ERROR, FIRING, isAlert, NORMAL, PENDING, RECOVERING, SILENT } from './transition'
import type { AlertReason } from './transition'

/** What a rule sees of its key. */
export interface Subject {
  readonly key: {
    /** Null: the source as a whole. */
    readonly id: SeriesId | null
    readonly source: string
    /** Of the newest finite reading, from which silence is counted; −∞: never heard of. */
    readonly heard: EpochMs
    /** What the event time of the key has reached. */
    readonly clock: EpochMs
  }
  /** The newest reading with a value, and its change per second since the one before. */
  readonly time: EpochMs
  readonly value: number
  readonly change: number
}

/** Takes the changes that people see. */
export interface ChangeSink {
  changed(slot: number, rule: CompiledRule, subject: Subject, change: Change): void
  repeat(slot: number, rule: CompiledRule, subject: Subject, time: EpochMs): void
}
export interface Change {
  readonly from: number
  readonly to: number
  readonly time: EpochMs
  readonly reason: AlertReason
  readonly revised: boolean
}

interface Happening {
  readonly due: EpochMs
  readonly until: EpochMs
  /** False while a reading is judged anew: people are told of the difference only. */
  readonly told: boolean
}

/** More that are due at once, such as after a jump of the event time by years, are passed over. */
const REPEATS_AT_ONCE = 1000

export class AlertMachine {
  constructor(
    private readonly columns: StateColumns,
    private readonly out: ChangeSink,
  ) {}

  /** The subject has a value of a newer time, and what was due before has happened. */
  judge(slot: number, rule: CompiledRule, subject: Subject): void {
    const { columns } = this
    const from = columns.state[slot] as number
    const latches = columns.latches[slot] as number
    const after = rule.condition.latch(subject.value, subject.change, latches)
    const to = this.next(slot, rule, subject.time, rule.condition.holds(after))
    if (to === from && after === latches) return
    columns.keep(slot, subject.time)
    columns.latches[slot] = after
    if (to !== from) this.change(slot, rule, subject, to, subject.time, reasonOf(from, to))
  }

  /**
   * The value of the newest time changed: it is judged from before that time, and what was due since then happens
   * anew. Only the difference is told.
   */
  revise(slot: number, rule: CompiledRule, subject: Subject): void {
    const { columns } = this
    const { time } = subject
    const shown = columns.state[slot] as number
    columns.rollBack(slot, time)
    columns.keep(slot, time)
    const before = columns.state[slot] as number
    const latches = rule.condition.latch(subject.value, subject.change, columns.latches[slot] as number)
    columns.latches[slot] = latches
    const judged = this.next(slot, rule, time, rule.condition.holds(latches))
    if (judged !== before) columns.enter(slot, judged, time)
    this.advance(slot, rule, subject, subject.key.clock, false)
    const to = columns.state[slot] as number
    if (to === shown) return
    const since = columns.since[slot] as number
    const change = { from: shown, to, time: Math.max(time, since), reason: reasonOf(shown, to), revised: true }
    this.out.changed(slot, rule, subject, change)
  }

  /** Event time reached `time` without a reading (a gap, or a quiet live source): what was due by then happens. */
  clock(slot: number, rule: CompiledRule, subject: Subject, time: EpochMs): void {
    this.advance(slot, rule, subject, time, true)
  }

  /** The state is known from elsewhere: the slot is brought there, and nobody is told. */
  recall(slot: number, { condition }: CompiledRule, heard: EpochMs, { to, time }: Pick<Change, 'to' | 'time'>): void {
    const { columns } = this
    if (columns.state[slot] !== to) columns.enter(slot, to, time)
    if (to === NORMAL) columns.latches[slot] = 0
    else
      for (const { bit, after } of condition.silentParts)
        if (heard + after <= time) columns.latches[slot] = ((columns.latches[slot] as number) | (1 << bit)) >>> 0
  }

  /** The value could not be computed. */
  fail(slot: number, rule: CompiledRule, subject: Subject, time: EpochMs, reason: AlertReason): void {
    if (this.columns.state[slot] === ERROR) return
    this.columns.keep(slot, subject.time)
    this.change(slot, rule, subject, ERROR, time, reason)
  }

  /** When something happens without a reading; Infinity: never. */
  due(slot: number, rule: CompiledRule, subject: Subject, repeats = true): EpochMs {
    const { state, since } = this.columns
    const now = state[slot] as number
    if (now === NORMAL && !rule.watchesSilence) return Infinity
    const { heard } = subject.key
    let due = now === RECOVERING ? (since[slot] as number) + rule.keepFiringFor : Infinity
    if (this.fallsSilent(now, rule) && heard !== -Infinity) due = Math.min(due, heard + rule.silentAfter)
    if (rule.condition.silentParts.length > 0) due = Math.min(due, this.partDue(slot, rule, heard))
    return repeats && isAlert(now) ? Math.min(due, this.repeatDue(slot)) : due
  }

  private repeatDue(slot: number): EpochMs {
    const { columns } = this
    const repeats = columns.has(slot, TOLD) && !columns.has(slot, ACKNOWLEDGED)
    return repeats ? (columns.repeatAt[slot] as number) : Infinity
  }

  /** The next silent part that is met, or that a pending alert has been witnessed by one for long enough. */
  private partDue(slot: number, rule: CompiledRule, heard: EpochMs): EpochMs {
    const { state, latches, since } = this.columns
    const now = state[slot] as number
    if (heard === -Infinity || now === ERROR) return Infinity
    const met = latches[slot] as number
    const { silentParts, silentMask } = rule.condition
    let due = now === PENDING && (met & silentMask) !== 0 ? (since[slot] as number) + rule.for : Infinity
    for (const { bit, after } of silentParts) if (((met >>> bit) & 1) === 0) due = Math.min(due, heard + after)
    return due
  }

  /** In error it would go to and fro. */
  private fallsSilent(state: number, { silenceMeans }: CompiledRule): boolean {
    if (silenceMeans === 'keep' || state === ERROR) return false
    return state !== (silenceMeans === 'alert' ? SILENT : NORMAL)
  }

  private advance(slot: number, rule: CompiledRule, subject: Subject, until: EpochMs, told: boolean): void {
    for (;;) {
      const due = this.due(slot, rule, subject, told)
      if (due > until || due === Infinity) return
      this.happen(slot, rule, subject, { due, until, told })
    }
  }

  private happen(slot: number, rule: CompiledRule, subject: Subject, { due, until, told }: Happening): void {
    const { columns } = this
    const now = columns.state[slot] as number
    if (now === RECOVERING && due === (columns.since[slot] as number) + rule.keepFiringFor)
      this.change(slot, rule, subject, NORMAL, due, 'over', told)
    else if (this.fallsSilent(now, rule) && due === subject.key.heard + rule.silentAfter)
      this.fallSilent(slot, rule, subject, due, told)
    else if (told && isAlert(now) && due === this.repeatDue(slot)) {
      const passed = (until - due) / rule.repeatEvery
      columns.repeatAt[slot] = due + (passed > REPEATS_AT_ONCE ? Math.ceil(passed) : 1) * rule.repeatEvery
      this.out.repeat(slot, rule, subject, due)
    } else this.partMet(slot, rule, subject, due, told)
  }

  private fallSilent(slot: number, rule: CompiledRule, subject: Subject, time: EpochMs, told: boolean): void {
    const isAlertItself = rule.silenceMeans === 'alert'
    this.columns.keep(slot, subject.time)
    // A value between threshold and recovery does not begin the alert anew that silence has ended.
    if (!isAlertItself) this.columns.latches[slot] = 0
    this.change(slot, rule, subject, isAlertItself ? SILENT : NORMAL, time, 'silence', told)
  }

  private partMet(slot: number, rule: CompiledRule, subject: Subject, time: EpochMs, told: boolean): void {
    const { columns } = this
    columns.keep(slot, subject.time)
    let latches = columns.latches[slot] as number
    for (const { bit, after } of rule.condition.silentParts)
      if (subject.key.heard + after <= time) latches = (latches | (1 << bit)) >>> 0
    columns.latches[slot] = latches
    const from = columns.state[slot] as number
    const to = this.next(slot, rule, time, rule.condition.holds(latches))
    if (to !== from) this.change(slot, rule, subject, to, time, reasonOf(from, to), told)
  }

  private next(slot: number, rule: CompiledRule, time: EpochMs, holds: boolean): number {
    const { state, interrupted, since } = this.columns
    const from = state[slot] as number
    const lasting = from === SILENT || from === ERROR ? (interrupted[slot] as number) : from
    const firing = lasting === FIRING || lasting === RECOVERING
    if (!holds) {
      if (!firing || rule.keepFiringFor === 0) return NORMAL
      return RECOVERING
    }
    if (firing) return FIRING
    if (from === PENDING) return time - (since[slot] as number) >= rule.for ? FIRING : PENDING
    return rule.for > 0 ? PENDING : FIRING
  }

  private change(
    slot: number,
    rule: CompiledRule,
    subject: Subject,
    to: number,
    time: EpochMs,
    reason: AlertReason,
    told = true,
  ): void {
    const from = this.columns.state[slot] as number
    this.columns.keep(slot, subject.time)
    this.columns.enter(slot, to, time)
    if (told) this.out.changed(slot, rule, subject, { from, to, time, reason, revised: false })
  }
}

function reasonOf(from: number, to: number): AlertReason {
  if (to === FIRING && from === PENDING) return 'held'
  return to === FIRING || to === PENDING ? 'met' : to === SILENT ? 'silence' : 'unmet'
}
