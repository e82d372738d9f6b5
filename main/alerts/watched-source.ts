/**
 * A source as the rules see it. While it is not live, the silence of its keys is not counted, and one alert tells of
 * the source instead of one for each of them: firing once it has been away for so long, by the monotonic clock.
 */
import type { StateReader, StateWriter } from '../contracts'
import { alertRule, SOURCE_DOWN } from '../../shared/config/alert'
import { formatDuration } from '../../shared/model/time'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { CompiledRule } from './compiled-rule'
import type { AlertMachine, Subject } from './machine'
import type { StateColumns } from './state-columns'
import type { Now } from './transition'
import type { WatchedKey } from './watched-key'

/** The rule of all sources: silent for `after`. A live source has never been heard of: it has no silence. */
export function sourceDownRule(after: DurationMs, repeatEvery: DurationMs | null): CompiledRule {
  const rule = alertRule.parse({
    id: 'of-every-source',
    name: SOURCE_DOWN,
    series: '*',
    condition: { kind: 'silent', for: formatDuration(after) },
    ...(repeatEvery === null ? {} : { repeatEvery: formatDuration(repeatEvery) }),
  })
  return new CompiledRule({ ...rule, id: SOURCE_DOWN })
}

export class WatchedSource implements Subject {
  readonly keys = new Set<WatchedKey>()
  /** Null: nobody has said yet, as in a replay; there is no silence but in event time. */
  live: boolean | null = null
  /** Monotonic: until then what comes is a backlog, and no key has fallen silent. */
  quietFrom = -Infinity
  /** Counts how often it came or went. */
  turns = 0
  readonly value = NaN
  readonly change = NaN
  time: EpochMs = -Infinity
  readonly key
  readonly slot: number
  /** Monotonic, when it went away. */
  private awayAt = 0

  constructor(
    readonly id: string,
    private readonly rule: () => CompiledRule,
    columns: StateColumns,
  ) {
    this.key = { id: null, source: id, heard: -Infinity, clock: -Infinity }
    this.slot = columns.create()
  }

  /** @returns false where that was known */
  becomes(live: boolean, machine: AlertMachine, { monotonic, wall }: Now, quietFrom: number): boolean {
    if (live === this.live) return false
    this.live = live
    this.quietFrom = quietFrom
    this.turns++
    if (live) {
      this.time = this.since(monotonic, wall)
      this.key.heard = -Infinity
      machine.judge(this.slot, this.rule(), this)
    } else {
      this.key.heard = this.key.clock = wall
      this.awayAt = monotonic
    }
    return true
  }

  advance(machine: AlertMachine, { monotonic, wall }: Now): void {
    if (this.live !== false) return
    this.key.clock = this.since(monotonic, wall)
    machine.clock(this.slot, this.rule(), this, this.key.clock)
  }

  write(columns: StateColumns, to: StateWriter, monotonic: number): void {
    to.numbers([this.live === null ? -1 : Number(this.live), this.turns, this.time, this.quietFrom - monotonic])
    to.numbers([this.key.heard, this.key.clock, this.awayAt - monotonic])
    columns.write(this.slot, to)
  }

  /** @throws RangeError where the state ends too early. */
  read(columns: StateColumns, from: StateReader, monotonic: number): void {
    const [live, turns, time, quiet] = from.numbers() as unknown as [number, number, number, number]
    const [heard, clock, away] = from.numbers() as unknown as [number, number, number]
    this.live = live < 0 ? null : live === 1
    this.turns = turns
    this.time = time
    this.quietFrom = quiet + monotonic
    this.key.heard = heard
    this.key.clock = clock
    this.awayAt = away + monotonic
    columns.read(this.slot, from)
  }

  /** Real time, as it would be had nobody set the clock since the source went away. */
  private since(monotonic: number, wall: EpochMs): EpochMs {
    return this.key.heard === -Infinity ? wall : this.key.heard + (monotonic - this.awayAt)
  }
}
