/** A series, or a key of a pipeline's results, with the rules that are for it and its clocks. */
import type { SeriesId } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import type { CompiledRule } from './compiled-rule'
import { Input } from './input'
import type { Reducers } from './input'
import type { StateColumns } from './state-columns'
import type { WatchedSource } from './watched-source'

/** Called with each rule of a key and the slot of its state. */
export type SlotVisitor = (slot: number, rule: CompiledRule, input: Input) => void

export class WatchedKey {
  /** Of the newest finite reading; later where the source has been away meanwhile. −∞: never heard of. */
  heard: EpochMs = -Infinity
  /** What its event time has reached. */
  clock: EpochMs = -Infinity
  /** The event time at which something happens without a reading. */
  due: EpochMs = Infinity
  /** Live: at `seenAt`, in monotonic time, its event time was `anchor`; both move on alike. */
  anchor: EpochMs = -Infinity
  seenAt = 0
  /** When the wheel looks at it next. */
  armedAt = Infinity
  /** How often its source had come or gone at the newest reading. */
  turns: number
  inputs: Input[] = []

  /** @param pipeline null: its readings are looked at */
  constructor(
    readonly id: SeriesId,
    readonly pipeline: string | null,
    readonly watched: WatchedSource,
  ) {
    this.turns = watched.turns
  }

  get source(): string {
    return this.watched.id
  }

  /** These rules are for the key from now on, in this order; states of those that were before stay. */
  attach(rules: readonly CompiledRule[], columns: StateColumns, reducers: Reducers): void {
    const slots = new Map<CompiledRule, number>()
    const inputs = new Map<string, Input>()
    this.each((slot, rule, input) => {
      slots.set(rule, slot)
      inputs.set(rule.input, input)
    })
    const before = this.inputs
    for (const input of before) input.rules = input.slots = []
    this.inputs = []
    for (const rule of rules) {
      let input = inputs.get(rule.input)
      if (input === undefined) {
        input = new Input(this, rule.reduce, rule.results?.statistic ?? null, reducers)
        inputs.set(rule.input, input)
      }
      if (input.rules.length === 0) this.begin(input)
      input.rules.push(rule)
      input.slots.push(slots.get(rule) ?? columns.create())
    }
    for (const input of before) if (input.rules.length === 0) input.release()
  }

  each(visit: SlotVisitor): void {
    for (const input of this.inputs)
      for (let i = 0; i < input.slots.length; i++)
        visit(input.slots[i] as number, input.rules[i] as CompiledRule, input)
  }

  private begin(input: Input): void {
    input.rules = []
    input.slots = []
    this.inputs.push(input)
  }
}
