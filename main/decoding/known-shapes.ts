/** Decodes records of shapes that were seen before; what each value is for is looked up once a shape. */
import type { SampleWriter } from '../contracts'
import type { Decoding } from '../../shared/config/decoding'
import type { EpochMs } from '../../shared/model/time'
import { MAX_SLOTS, ShapeReader, shapeOf } from './json-shape'
import type { Shape, Slot } from './json-shape'
import { EVERY, innerPath, parsePath, plainPath } from './path'
import type { PathSteps } from './path'
import type { RecordRules, RuleNode } from './record-rules'
import type { Scope, SeriesLook, SeriesRefs } from './series-refs'

interface Plan {
  readonly shape: Shape
  /** Slot of the time; −1: the record has none. */
  readonly time: number
  readonly labels: readonly { readonly name: string; readonly slot: number }[]
  readonly fields: readonly PlannedField[]
}

interface PlannedField {
  readonly name: string
  readonly slot: number
  readonly look?: SeriesLook
}

/** Of a sender of many shapes the last ones are kept. */
const MAX_SHAPES = 8
/** So that senders whose records all differ pay little for looking at their shapes. */
const LEARN_EVERY = 16

export class KnownShapes {
  private readonly reader = new ShapeReader()
  private readonly plans: Plan[] = []
  /** The plan that the last record fitted, or the place of the newest. */
  private current = 0
  private newest = -1
  private sinceLearned = LEARN_EVERY

  constructor(
    private readonly config: Decoding,
    private readonly rules: RecordRules,
    private readonly refs: SeriesRefs,
  ) {}

  /** @returns false where the record has no known shape: nothing was written. @throws Rejected as the parser's way. */
  decode(payload: Uint8Array, scope: Scope, into: SampleWriter): boolean {
    const { plans, reader } = this
    for (let tries = 0; tries < plans.length; tries++) {
      const plan = plans[this.current] as Plan
      if (reader.match(plan.shape, payload)) {
        this.write(plan, payload, scope, into)
        return true
      }
      this.current = this.current + 1 < plans.length ? this.current + 1 : 0
    }
    return false
  }

  private write(plan: Plan, payload: Uint8Array, scope: Scope, into: SampleWriter): void {
    const { refs, reader } = this
    const time: EpochMs | null = plan.time < 0 ? null : this.rules.parseTime(this.value(plan, plan.time, payload))
    let inner = scope
    for (const { name, slot } of plan.labels) inner = refs.within(inner, name, String(this.value(plan, slot, payload)))
    for (const { name, slot, look } of plan.fields)
      into.sample(refs.at(inner, name, look), time, reader.numbers[slot] as number)
  }

  private value({ shape }: Plan, slot: number, payload: Uint8Array): number | string {
    const { kind } = shape.slots[slot] as Slot
    return kind === 'number' ? (this.reader.numbers[slot] as number) : this.reader.text(payload, slot)
  }

  /** @param payload that the parser's way decoded and did not reject. */
  learn(payload: Uint8Array): void {
    if (++this.sinceLearned < LEARN_EVERY) return
    this.sinceLearned = 0
    const shape = shapeOf(payload)
    const plan = shape === null ? null : planOf(shape, this.config, this.rules.root)
    if (plan === null) return
    this.newest = (this.newest + 1) % MAX_SHAPES
    this.plans[this.newest] = plan
    this.current = this.newest
  }
}

/** @returns null where rules or fields reach for what is no slot. */
function planOf(shape: Shape, config: Decoding, root: RuleNode): Plan | null {
  if (shape.slots.length > MAX_SLOTS || root.every !== undefined) return null
  const { slots } = shape
  const labels = root.labels.map(({ label, steps }) => ({ name: label, slot: slotAt(slots, steps) }))
  const time = root.time === undefined ? -1 : slotAt(slots, root.time.steps)
  if (labels.some(({ slot }) => slot < 0) || (root.time !== undefined && time < 0)) return null
  const fields = config.fields === 'all' ? everyNumber(slots, root) : chosen(slots, config.fields)
  return fields === null ? null : { shape, time, labels, fields }
}

const slotAt = (slots: readonly Slot[], steps: PathSteps): number =>
  slots.findIndex(({ path }) => path.length === steps.length && path.every((name, i) => name === steps[i]))

function everyNumber(slots: readonly Slot[], root: RuleNode): PlannedField[] | null {
  const fields: PlannedField[] = []
  for (const [slot, { path, kind }] of slots.entries()) {
    let node: RuleNode | undefined = root
    let taken = false
    let name = ''
    for (const step of path) {
      name = innerPath(name, step, false)
      node = node?.named.get(step)
      if (node?.every !== undefined) return null
      taken ||= node?.taken === true
    }
    if (kind === 'number' && !taken) fields.push({ name: name === '' ? 'value' : name, slot })
  }
  return fields.length === 0 ? null : fields
}

function chosen(slots: readonly Slot[], looks: Exclude<Decoding['fields'], 'all'>): PlannedField[] | null {
  const fields: PlannedField[] = []
  for (const look of looks) {
    const steps = parsePath(look.path)
    if (steps.includes(EVERY)) return null
    const slot = slotAt(slots, steps)
    if (slot < 0) continue
    if (slots[slot]?.kind === 'text') return null
    fields.push({ name: plainPath(look.path), slot, look })
  }
  return fields.length === 0 ? null : fields
}
