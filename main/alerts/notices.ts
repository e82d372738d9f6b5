/**
 * What people are told: when an alert begins or takes another form, when it is over if they knew of it, and again while
 * it lasts. Nothing while a key is silenced; what began then and still lasts is told once it no longer is.
 */
import type { EpochMs } from '../../shared/model/time'
import { toMicros } from '../../shared/model/time'
import type { CompiledRule } from './compiled-rule'
import type { Change, ChangeSink, Subject } from './machine'
import { ACKNOWLEDGED, HELD_BACK, TOLD } from './state-columns'
import type { StateColumns } from './state-columns'
import { ALERT_STATES, ERROR, isAlert, SILENT } from './transition'
import type { AlertReason, AlertTransition, TransitionSink } from './transition'

type Notification = NonNullable<AlertTransition['notify']>

export class Notices implements ChangeSink {
  /** Of the call in process. */
  wall: EpochMs = -Infinity
  private readonly silenced = new Map<number, EpochMs>()

  constructor(
    private readonly columns: StateColumns,
    private readonly out: TransitionSink,
  ) {}

  changed(slot: number, rule: CompiledRule, subject: Subject, change: Change): void {
    const { columns } = this
    // A late reading may end what the clock began: the order of what is told is that in which it happened.
    const time = Math.max(change.time, columns.changedAt[slot] as number)
    columns.turn[slot] = time === columns.changedAt[slot] ? (columns.turn[slot] as number) + 1 : 0
    columns.changedAt[slot] = time
    const notify = this.notification(slot, rule, change, time)
    this.emit(slot, rule, subject, { ...change, time }, notify)
  }

  repeat(slot: number, rule: CompiledRule, subject: Subject, time: EpochMs): void {
    if (!this.isSilenced(slot)) this.stands(slot, rule, subject, time, 'repeat', 'repeat')
  }

  silence(slot: number, until: EpochMs): void {
    this.silenced.set(slot, until)
  }

  silencedUntil(slot: number): EpochMs {
    return this.silenced.get(slot) ?? -Infinity
  }

  forget(slot: number): void {
    this.silenced.delete(slot)
  }

  /** The slots whose silence is over now, each once. */
  takeUnsilenced(): number[] {
    const over = [...this.silenced].filter(([, until]) => until <= this.wall).map(([slot]) => slot)
    for (const slot of over) this.silenced.delete(slot)
    return over
  }

  /** The slot is no longer silenced: an alert that began meanwhile is told, with the id that it then had. */
  unsilenced(slot: number, rule: CompiledRule, subject: Subject): void {
    const { columns } = this
    if (!columns.has(slot, HELD_BACK)) return
    const time = columns.changedAt[slot] as number
    this.told(slot, rule, subject.key.clock)
    this.stands(slot, rule, subject, time, 'unsilenced', 'firing')
  }

  /** What people were told with a change that is known from elsewhere. */
  recall(slot: number, rule: CompiledRule, time: EpochMs, notify: Notification | undefined): void {
    const { columns } = this
    columns.changedAt[slot] = Math.max(time, columns.changedAt[slot] as number)
    if (notify === 'firing' || notify === 'repeat') this.told(slot, rule, time)
    else if (!isAlert(columns.state[slot] as number)) columns.clear(slot, TOLD | HELD_BACK | ACKNOWLEDGED)
  }

  private notification(slot: number, rule: CompiledRule, { from, to }: Change, time: EpochMs): Notification | null {
    const { columns } = this
    if (isAlert(to)) {
      if (isAlert(from) && to !== SILENT && to !== ERROR) return null
      if (this.isSilenced(slot)) {
        columns.set(slot, HELD_BACK)
        return null
      }
      this.told(slot, rule, time)
      return 'firing'
    }
    const resolved = isAlert(from) && columns.has(slot, TOLD) && !this.isSilenced(slot)
    columns.clear(slot, TOLD | HELD_BACK | ACKNOWLEDGED)
    return resolved ? 'resolved' : null
  }

  private told(slot: number, rule: CompiledRule, time: EpochMs): void {
    this.columns.set(slot, TOLD)
    this.columns.clear(slot, HELD_BACK)
    this.columns.repeatAt[slot] = time + rule.repeatEvery
  }

  private isSilenced(slot: number): boolean {
    return this.silenced.size > 0 && this.silencedUntil(slot) > this.wall
  }

  private stands(
    slot: number,
    rule: CompiledRule,
    subject: Subject,
    time: EpochMs,
    reason: AlertReason,
    notify: Notification,
  ): void {
    const state = this.columns.state[slot] as number
    this.emit(slot, rule, subject, { from: state, to: state, time, reason, revised: false }, notify)
  }

  private emit(slot: number, rule: CompiledRule, subject: Subject, change: Change, notify: Notification | null): void {
    const { key } = subject
    const { from, to, time, reason, revised } = change
    const turn = reason === 'repeat' ? 'repeat' : this.columns.turn[slot]
    this.out({
      id: [rule.id, key.id ?? key.source, ALERT_STATES[to], toMicros(time), ...(turn === 0 ? [] : [turn])].join(':'),
      rule: rule.id,
      key: key.id,
      source: key.source,
      from: ALERT_STATES[from] as AlertTransition['from'],
      to: ALERT_STATES[to] as AlertTransition['to'],
      eventTime: time,
      value: subject.value,
      reason,
      ...(revised ? { revised } : {}),
      ...(notify === null ? {} : { notify }),
    })
  }
}
