/** Statistics of windows, and how state is written. */
import type { EpochMs } from '../../shared/model/time'

/** Writes the state of an operator. */
export interface StateWriter {
  number(value: number): void
  text(value: string): void
  /** Entries [from, to) of an array, with their count. */
  numbers(values: ArrayLike<number>, from?: number, to?: number): void
}

/** Reads what a `StateWriter` wrote, in the same order. */
export interface StateReader {
  number(): number
  text(): string
  numbers(): Float64Array
}

/** A figure along a series: it sees each value once, in the order of time, and never a later one. */
export interface Follower {
  /**
   * @param time later than that of the value before
   * @param value finite
   * @returns NaN while there is none yet
   */
  add(time: EpochMs, value: number): number
  write(to: StateWriter): void
  /** @throws RangeError where another version wrote the state. */
  read(from: StateReader): void
}

/** One sample, written into by lookups. */
export interface Reading {
  time: EpochMs
  value: number
}

/** What a result needs to know of its window besides the samples. */
export interface WindowFrame {
  readonly start: EpochMs
  readonly end: EpochMs
  /** The sample of a series before `start` that the first step begins at; false: there is none. */
  carry(series: number, into: Reading): boolean
}

/**
 * The statistics of one pipeline over any number of panes, in columns. A slot holds one pane; slots are small
 * integers and are used again after `release`.
 */
export interface Accumulators {
  /** Number of statistics in a result. */
  readonly width: number
  /** True where a result needs the samples before its window (increase, rate, integral, timeWeightedMean). */
  readonly needsCarry: boolean
  /** True where samples must be told apart by series (delta and the steps, in a grouped key). */
  readonly needsSeries: boolean
  create(): number
  /** A new slot with this sample in it. */
  begin(time: EpochMs, value: number, series: number): number
  release(slot: number): void
  /** Empties a slot. */
  clear(slot: number): void
  /** A finite value; `series` is looked at only where `needsSeries`, and is 0 in all answers elsewhere. */
  add(slot: number, time: EpochMs, value: number, series: number): void
  addGaps(slot: number, gaps: number): void
  /** Finite values in the slot. */
  count(slot: number): number
  /** The last sample in event time of a series in the slot (`needsCarry` only). */
  last(slot: number, series: number, into: Reading): boolean
  /** The last samples of all series in the slot (`needsCarry` only). */
  lasts(slot: number, into: { offer(series: number, time: EpochMs, value: number): void }): void
  /** Adds the samples of `from`, which is left as it is. */
  merge(into: number, from: number): void
  /**
   * The same for a `from` without a sample older than those of `into`; afterwards `into` takes nothing but further
   * ones of this kind, and single samples where not `needsCarry`.
   */
  append(into: number, from: number): void
  /** `into`, another slot, becomes what `first` and the newer `second` hold together. */
  join(into: number, first: number, second: number): void
  /** `append(back, slice)` and `join(into, front, back)` in one. */
  slide(front: number, back: number, slice: number, into: number): void
  /** `append` of every one of the slots [from, to) to the one before it, from the last on. */
  fold(slots: Int32Array, from: number, to: number): void
  /** A new array; NaN stands for null. */
  result(slot: number, frame: WindowFrame): number[]
  write(slot: number, to: StateWriter): void
  read(slot: number, from: StateReader): void
}
