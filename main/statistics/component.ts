/** A part of the accumulators that keeps more than a few numbers per slot. */
import type { StateReader, StateWriter } from '../contracts'
import type { EpochMs } from '../../shared/model/time'

export interface Component {
  /** Empties a slot; also called before its first use. */
  clear(slot: number): void
  add(slot: number, time: EpochMs, value: number, series: number): void
  /** Adds what `from` holds, in any order of time. */
  merge(into: number, from: number): void
  write(slot: number, to: StateWriter): void
  read(slot: number, from: StateReader): void
}
