/** One rule over its keys: the newest reading of a key goes through the condition into the state machine. */
import type { AlertRule } from '../../shared/config/alert'
import { durationMs } from '../../shared/config/duration'
import type { EpochMs } from '../../shared/model/time'
import { compileCondition } from './condition'
import type { CompiledCondition } from './condition'
import { AlertStates, grown } from './states'
import type { TransitionSink } from './states'

export class RunningRule {
  readonly states: AlertStates
  private readonly condition: CompiledCondition
  private latches = new Uint32Array(16)
  /** The latches before the newest time, from which a revision of it is judged. */
  private before = new Uint32Array(16)
  private newest = new Float64Array(16).fill(-Infinity)

  constructor(rule: AlertRule) {
    this.condition = compileCondition(rule.condition)
    this.states = new AlertStates({
      for: durationMs(rule.for),
      keepFiringFor: durationMs(rule.keepFiringFor),
      silentAfter: durationMs(rule.silence.after),
      silenceMeans: rule.silence.means,
    })
  }

  /** @param value NaN and ±Infinity are gaps: they move the clock and end no silence. */
  reading(key: number, time: EpochMs, value: number, out: TransitionSink): void {
    if (!Number.isFinite(value)) {
      this.states.clock(key, time, out)
      return
    }
    if (!this.states.isCurrent(key, time)) return
    this.reserve(key)
    if (time !== this.newest[key]) {
      this.newest[key] = time
      this.before[key] = this.latches[key] as number
    }
    const latches = this.condition.latch(value, this.before[key] as number)
    this.latches[key] = latches
    this.states.reading(key, time, value, this.condition.holds(latches), out)
  }

  private reserve(key: number): void {
    const before = this.latches.length
    if (key < before) return
    const length = Math.max(key + 1, before * 2)
    this.latches = grown(this.latches, new Uint32Array(length))
    this.before = grown(this.before, new Uint32Array(length))
    this.newest = grown(this.newest, new Float64Array(length).fill(-Infinity))
  }
}
