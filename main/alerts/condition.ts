/**
 * Conditions with hysteresis. Every condition on a value has one bit, its latch: once met, it stays met until the value
 * reaches its recovery. A composite condition is a function of the latches alone, so a key needs one 32-bit word.
 */
import type { AlertCondition, ValueCondition } from '../../shared/config/alert'

export interface CompiledCondition {
  /** The latches after a finite value, from those before it. */
  latch(value: number, latches: number): number
  /** Whether the whole condition holds. */
  holds(latches: number): boolean
}

type LatchTest = (value: number, met: boolean) => boolean
type LatchesTest = (latches: number) => boolean

export function compileCondition(condition: AlertCondition): CompiledCondition {
  const tests: LatchTest[] = []
  const holds = compileLatches(condition, tests)
  return {
    latch(value, latches) {
      let after = 0
      for (let bit = 0; bit < tests.length; bit++)
        if ((tests[bit] as LatchTest)(value, ((latches >>> bit) & 1) === 1)) after |= 1 << bit
      return after >>> 0
    },
    holds,
  }
}

function compileLatches(condition: AlertCondition, tests: LatchTest[]): LatchesTest {
  if (condition.kind === 'not') {
    const inner = compileLatches(condition.of, tests)
    return (latches) => !inner(latches)
  }
  if (condition.kind === 'and' || condition.kind === 'or') {
    const parts = condition.of.map((part) => compileLatches(part, tests))
    return condition.kind === 'and'
      ? (latches) => parts.every((part) => part(latches))
      : (latches) => parts.some((part) => part(latches))
  }
  const bit = tests.push(compileValue(condition)) - 1
  return (latches) => ((latches >>> bit) & 1) === 1
}

function compileValue(condition: ValueCondition): LatchTest {
  if (condition.kind === 'above') {
    const { threshold, recovery = threshold } = condition
    return (value, met) => value > (met ? recovery : threshold)
  }
  if (condition.kind === 'below') {
    const { threshold, recovery = threshold } = condition
    return (value, met) => value < (met ? recovery : threshold)
  }
  const { kind, least, most, margin } = condition
  if (kind === 'inside')
    return (value, met) => (met ? value >= least - margin && value <= most + margin : value >= least && value <= most)
  return (value, met) => (met ? value < least + margin || value > most - margin : value < least || value > most)
}
