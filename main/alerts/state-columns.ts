/**
 * The states of all rules and keys in columns, 54 bytes for each: no object per state, nothing allocated per reading.
 * A slot is one rule and key. What a slot was before the newest reading is kept once it changes, so that another value
 * of that reading is judged from there.
 */
import type { StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import { ERROR, NORMAL, SILENT } from './transition'

/** Flags of a slot. */
export const ACKNOWLEDGED = 1
/** People were told that the alert began. */
export const TOLD = 2
/** They are to be told once the slot is no longer silenced. */
export const HELD_BACK = 4

export class StateColumns {
  state = new Uint8Array(0)
  /** The state that Silent or Error interrupted: an alert that was firing goes on without `for`. */
  interrupted = new Uint8Array(0)
  flags = new Uint8Array(0)
  /** Counts transitions of one event time. */
  turn = new Uint8Array(0)
  latches = new Uint32Array(0)
  since = new Float64Array(0)
  repeatAt = new Float64Array(0)
  /** Event time of the newest transition. */
  changedAt = new Float64Array(0)
  private stateBefore = new Uint8Array(0)
  private interruptedBefore = new Uint8Array(0)
  private latchesBefore = new Uint32Array(0)
  private sinceBefore = new Float64Array(0)
  /** The newest reading when the columns before were written; −∞: never. */
  private keptAt = new Float64Array(0)
  private readonly free: number[] = []
  private length = 0

  create(): number {
    const slot = this.free.pop() ?? this.length++
    if (slot >= this.state.length) this.grow(slot + 1)
    this.reset(slot)
    return slot
  }

  release(slot: number): void {
    this.free.push(slot)
  }

  /** Before the slot changes: what it was before the reading at `time`. */
  keep(slot: number, time: EpochMs): void {
    if (this.keptAt[slot] === time) return
    this.keptAt[slot] = time
    this.stateBefore[slot] = this.state[slot] as number
    this.interruptedBefore[slot] = this.interrupted[slot] as number
    this.latchesBefore[slot] = this.latches[slot] as number
    this.sinceBefore[slot] = this.since[slot] as number
  }

  /** Back to what it was before the reading at `time`. */
  rollBack(slot: number, time: EpochMs): void {
    if (this.keptAt[slot] !== time) return
    this.state[slot] = this.stateBefore[slot] as number
    this.interrupted[slot] = this.interruptedBefore[slot] as number
    this.latches[slot] = this.latchesBefore[slot] as number
    this.since[slot] = this.sinceBefore[slot] as number
  }

  enter(slot: number, to: number, time: EpochMs): void {
    const from = this.state[slot] as number
    if (to === SILENT || to === ERROR) {
      if (from !== SILENT && from !== ERROR) this.interrupted[slot] = from
    } else this.interrupted[slot] = NORMAL
    this.state[slot] = to
    this.since[slot] = time
  }

  has(slot: number, flag: number): boolean {
    return ((this.flags[slot] as number) & flag) !== 0
  }

  set(slot: number, flag: number): void {
    this.flags[slot] = (this.flags[slot] as number) | flag
  }

  clear(slot: number, flag: number): void {
    this.flags[slot] = (this.flags[slot] as number) & ~flag
  }

  /** Nothing would be different in a new slot, where its key was judged last at `time`. */
  isNew(slot: number, time: EpochMs): boolean {
    const { state, latches, flags, keptAt, changedAt } = this
    const atRest = state[slot] === NORMAL && latches[slot] === 0 && flags[slot] === 0
    const [kept, changed] = [keptAt[slot] as number, changedAt[slot] as number]
    return atRest && (kept === -Infinity || kept !== time) && (changed === -Infinity || changed < time)
  }

  write(slot: number, to: StateWriter): void {
    to.numbers(this.all().map((column) => column[slot] as number))
  }

  /** @throws RangeError where the state ends too early. */
  read(slot: number, from: StateReader): void {
    const values = from.numbers()
    this.all().forEach((column, i) => (column[slot] = values[i] as number))
  }

  private all() {
    const { state, interrupted, flags, turn, latches, since, repeatAt, changedAt } = this
    const { stateBefore, interruptedBefore, latchesBefore, sinceBefore, keptAt } = this
    const now = [state, interrupted, flags, turn, latches, since, repeatAt, changedAt]
    return [...now, stateBefore, interruptedBefore, latchesBefore, sinceBefore, keptAt]
  }

  private reset(slot: number): void {
    for (const column of [this.state, this.interrupted, this.flags, this.turn, this.latches]) column[slot] = 0
    this.repeatAt[slot] = Infinity
    this.since[slot] = this.changedAt[slot] = this.keptAt[slot] = -Infinity
  }

  private grow(atLeast: number): void {
    const length = Math.max(16, atLeast, this.state.length * 2)
    this.state = grown(this.state, new Uint8Array(length))
    this.interrupted = grown(this.interrupted, new Uint8Array(length))
    this.flags = grown(this.flags, new Uint8Array(length))
    this.turn = grown(this.turn, new Uint8Array(length))
    this.latches = grown(this.latches, new Uint32Array(length))
    this.since = grown(this.since, new Float64Array(length))
    this.repeatAt = grown(this.repeatAt, new Float64Array(length))
    this.changedAt = grown(this.changedAt, new Float64Array(length))
    this.stateBefore = grown(this.stateBefore, new Uint8Array(length))
    this.interruptedBefore = grown(this.interruptedBefore, new Uint8Array(length))
    this.latchesBefore = grown(this.latchesBefore, new Uint32Array(length))
    this.sinceBefore = grown(this.sinceBefore, new Float64Array(length))
    this.keptAt = grown(this.keptAt, new Float64Array(length))
  }
}

function grown<T extends Uint8Array | Uint32Array | Float64Array>(from: T, into: T): T {
  into.set(from)
  return into
}
