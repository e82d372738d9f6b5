/** Brings readings, gaps and the passing of time to the states of a key. */
import type { EpochMs } from '../../shared/model/time'
import type { CompiledRule } from './compiled-rule'
import { FAILED, MOVED, REVISED, UNMOVED } from './input'
import type { Input } from './input'
import type { AlertMachine } from './machine'
import type { WatchedKey } from './watched-key'

/** @param value of a reading at `time`; NaN and ±Infinity are gaps: they move the clock and end no silence */
export function stepReading(
  machine: AlertMachine,
  key: WatchedKey,
  time: EpochMs,
  value: number,
  monotonic: number,
): void {
  if (value - value !== 0) {
    if (time <= key.clock) return
    excuse(machine, key, time)
    stepClock(machine, key, time)
    anchor(key, time, monotonic)
    return
  }
  hear(machine, key, time, monotonic)
  let due = Infinity
  for (const input of key.inputs) {
    if (input.statistic === null) judge(machine, input, input.take(time, value))
    due = Math.min(due, dueOf(machine, input))
  }
  key.due = due
}

/**
 * A result of a pipeline is one reading for each of its statistics.
 * @param replaced times of results that it takes the place of
 */
export function stepResult(
  machine: AlertMachine,
  key: WatchedKey,
  time: EpochMs,
  { valueOf, replaced }: { valueOf(statistic: string): number; readonly replaced: readonly EpochMs[] },
  monotonic: number,
): void {
  hear(machine, key, time, monotonic)
  for (const input of key.inputs) {
    for (const gone of replaced) input.remove(gone)
    const value = valueOf(input.statistic as string)
    if (value - value === 0) judge(machine, input, input.take(time, value))
  }
  key.due = dueOfAll(machine, key)
}

/** Event time has reached `time`: what was due by then happens. */
export function stepClock(machine: AlertMachine, key: WatchedKey, time: EpochMs): void {
  if (key.due <= time) {
    key.each((slot, rule, input) => machine.clock(slot, rule, input, time))
    key.due = dueOfAll(machine, key)
  }
  key.clock = Math.max(key.clock, time)
}

export function dueOfAll(machine: AlertMachine, key: WatchedKey): EpochMs {
  let due = Infinity
  for (const input of key.inputs) due = Math.min(due, dueOf(machine, input))
  return due
}

/** From here the event time of the key goes on by itself, once its backlog is read. */
export function anchor(key: WatchedKey, time: EpochMs, monotonic: number): void {
  key.anchor = time
  key.seenAt = Math.max(monotonic, key.watched.quietFrom)
}

/** What was due before the reading happens first. */
function hear(machine: AlertMachine, key: WatchedKey, time: EpochMs, monotonic: number): void {
  excuse(machine, key, time)
  stepClock(machine, key, time)
  key.heard = Math.max(key.heard, time)
  anchor(key, key.heard, monotonic)
}

/** Where the source was away meanwhile, the time up to the first record that is new is no silence of the key. */
function excuse(machine: AlertMachine, key: WatchedKey, time: EpochMs): void {
  if (key.turns === key.watched.turns || time <= key.heard) return
  key.turns = key.watched.turns
  if (key.heard === -Infinity) return
  key.heard = time
  key.due = dueOfAll(machine, key)
}

function judge(machine: AlertMachine, input: Input, moved: number): void {
  if (moved === UNMOVED) return
  const { slots, rules } = input
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as number
    const rule = rules[i] as CompiledRule
    if (moved === MOVED) machine.judge(slot, rule, input)
    else if (moved === REVISED) machine.revise(slot, rule, input)
    else if (moved === FAILED) machine.fail(slot, rule, input, input.failedAt, input.failure)
  }
}

function dueOf(machine: AlertMachine, input: Input): EpochMs {
  const { slots, rules } = input
  let due = Infinity
  for (let i = 0; i < slots.length; i++) {
    const at = machine.due(slots[i] as number, rules[i] as CompiledRule, input)
    if (at < due) due = at
  }
  return due
}
