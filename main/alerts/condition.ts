/**
 * Conditions with hysteresis. Every simple condition has one bit, its latch: once met, it stays met until the value
 * reaches its recovery. A composite condition is a function of the latches alone, so a key needs one 32-bit word.
 *
 * A simple condition is a closed interval that a number must lie in, or must not lie in: above 80 is outside of
 * [−∞, 80]. Another interval takes its place once it is met.
 */
import type { AlertCondition, ChangeCondition, ValueCondition } from '../../shared/config/alert-condition'
import { durationMs } from '../../shared/config/duration'
import type { DurationMs } from '../../shared/model/time'

interface Interval {
  readonly low: number
  readonly high: number
}
interface Latch {
  readonly inside: boolean
  readonly enter: Interval
  readonly stay: Interval
}
type LatchesTest = (latches: number) => boolean

/** What the latches of a reading look at. */
const VALUE = 0
const CHANGE = 1
const RISE = 2
const FALL = 3
const SILENCE = 4

const PER_SECONDS = { s: 1, min: 60, h: 3600 }
/** Numbers per latch: the interval to enter, the interval to stay in. */
const STRIDE = 4

/** A part that is met by silence. */
export interface SilentPart {
  readonly bit: number
  readonly after: DurationMs
}

export class CompiledCondition {
  readonly silentParts: readonly SilentPart[]
  /** The bits of those. */
  readonly silentMask: number
  private readonly subjects: number[] = []
  private readonly inside: boolean[] = []
  private readonly bounds: Float64Array
  /** Null: one simple condition. */
  private readonly tree: LatchesTest | null

  constructor(condition: AlertCondition) {
    const bounds: number[] = []
    const parts: SilentPart[] = []
    const root = this.compile(condition, bounds, parts)
    this.tree = this.subjects.length === 1 && condition.kind !== 'not' ? null : root
    this.bounds = Float64Array.from(bounds)
    this.silentParts = parts
    this.silentMask = parts.reduce((mask, { bit }) => (mask | (1 << bit)) >>> 0, 0)
  }

  /**
   * The latches after a reading, from those before it: silence is over.
   * @param change of the value per second; NaN meets nothing
   */
  latch(value: number, change: number, latches: number): number {
    const { subjects, inside, bounds } = this
    let after = 0
    for (let bit = 0; bit < subjects.length; bit++) {
      const subject = subjects[bit] as number
      const x = subject === VALUE ? value : subjectOf(subject, change)
      if (x !== x) continue
      const at = bit * STRIDE + (((latches >>> bit) & 1) << 1)
      if ((x >= (bounds[at] as number) && x <= (bounds[at + 1] as number)) === inside[bit]) after |= 1 << bit
    }
    return after >>> 0
  }

  /** Whether the whole condition holds. */
  holds(latches: number): boolean {
    return this.tree === null ? latches !== 0 : this.tree(latches)
  }

  private compile(condition: AlertCondition, bounds: number[], parts: SilentPart[]): LatchesTest {
    if (condition.kind === 'not') {
      const inner = this.compile(condition.of, bounds, parts)
      return (latches) => !inner(latches)
    }
    if (condition.kind === 'and' || condition.kind === 'or') {
      const inner = condition.of.map((part) => this.compile(part, bounds, parts))
      return condition.kind === 'and'
        ? (latches) => inner.every((part) => part(latches))
        : (latches) => inner.some((part) => part(latches))
    }
    const bit = this.subjects.length
    const { subject, latch } = simple(condition)
    if (condition.kind === 'silent') parts.push({ bit, after: durationMs(condition.for) })
    this.subjects.push(subject)
    this.inside.push(latch.inside)
    bounds.push(latch.enter.low, latch.enter.high, latch.stay.low, latch.stay.high)
    return (latches) => ((latches >>> bit) & 1) === 1
  }
}

function subjectOf(subject: number, change: number): number {
  if (subject === CHANGE) return Math.abs(change)
  if (subject === RISE) return change
  return subject === FALL ? -change : NaN
}

const NEVER: Latch = { inside: true, enter: { low: 1, high: 0 }, stay: { low: 1, high: 0 } }

function simple(condition: ValueCondition | ChangeCondition | { readonly kind: 'silent' }): {
  subject: number
  latch: Latch
} {
  switch (condition.kind) {
    case 'silent':
      return { subject: SILENCE, latch: NEVER }
    case 'changes': {
      const { faster, recovery = faster, per, direction } = condition
      const seconds = PER_SECONDS[per]
      const subject = direction === 'either' ? CHANGE : direction === 'rise' ? RISE : FALL
      return { subject, latch: outsideOf(-Infinity, faster / seconds, -Infinity, recovery / seconds) }
    }
    case 'above': {
      const { threshold, recovery = threshold } = condition
      return { subject: VALUE, latch: outsideOf(-Infinity, threshold, -Infinity, recovery) }
    }
    case 'below': {
      const { threshold, recovery = threshold } = condition
      return { subject: VALUE, latch: outsideOf(threshold, Infinity, recovery, Infinity) }
    }
    case 'outside': {
      const { least, most, margin } = condition
      return { subject: VALUE, latch: outsideOf(least, most, least + margin, most - margin) }
    }
    case 'inside': {
      const { least, most, margin } = condition
      const stay = { low: least - margin, high: most + margin }
      return { subject: VALUE, latch: { inside: true, enter: { low: least, high: most }, stay } }
    }
  }
}

function outsideOf(low: number, high: number, stayLow: number, stayHigh: number): Latch {
  return { inside: false, enter: { low, high }, stay: { low: stayLow, high: stayHigh } }
}
