/**
 * Which values of a structured record are its time and its labels. The rules are kept as a tree along their paths, so
 * that a walk over a record meets them where they apply: `sensors[*].id` labels what stands in the same element.
 */
import { Rejected } from '../contracts'
import type { Decoding, EventTime } from '../../shared/config/decoding'
import type { EpochMs } from '../../shared/model/time'
import { createTimeParser } from './event-time'
import { EVERY, parsePath, valueAt } from './path'
import type { PathStep, PathSteps } from './path'
import type { Scope, SeriesRefs } from './series-refs'
import { shown } from './text'

interface LabelRule {
  readonly label: string
  readonly path: string
  /** From the element (or the root) that the label belongs to. */
  readonly steps: PathSteps
  /** Takes the name of the member, not its value. */
  readonly ofName: boolean
}

interface TimeRule {
  readonly path: string
  readonly steps: PathSteps
}

export interface RuleNode {
  readonly named: Map<string | number, RuleNode>
  every: RuleNode | undefined
  /** Of what the node stands for: the record, or an element. */
  readonly labels: LabelRule[]
  time: TimeRule | undefined
  /** The value is a label or the time, so no reading. */
  taken: boolean
}

/** Where a walk is: the series that values belong to, and their time. Made anew at each element with rules. */
export interface Place {
  scope: Scope
  time: EpochMs | null
}

export class RecordRules {
  readonly root = newNode()
  /** @throws Rejected where the value is no time. */
  readonly parseTime: (value: unknown) => EpochMs

  /** @throws SyntaxError where a path cannot be read. */
  constructor(
    { labels = [] }: Pick<Decoding, 'labels'>,
    time: EventTime,
    private readonly refs: SeriesRefs,
  ) {
    this.parseTime = createTimeParser(time)
    if (time.field !== undefined) {
      const { holder, steps } = this.place(parsePath(time.field))
      holder.time = { path: time.field, steps }
    }
    for (const { name, path } of labels) {
      const ofName = path.endsWith('~')
      const all = parsePath(ofName ? path.slice(0, -1) : path)
      if (ofName && all.at(-1) !== EVERY) throw new SyntaxError(`the path ${path} must end with .*~ or [*]~`)
      const { holder, steps } = this.place(all)
      holder.labels.push({ label: name, path, steps, ofName })
    }
  }

  /** The node that a rule belongs to, that of the last `*` before its value, and the steps from there. */
  private place(path: PathSteps): { holder: RuleNode; steps: PathSteps } {
    let holder = this.root
    let node = this.root
    let from = 0
    path.forEach((step, i) => {
      node = step === EVERY ? (node.every ??= newNode()) : named(node, step)
      if (step !== EVERY) return
      holder = node
      from = i + 1
    })
    if (from < path.length) node.taken = true
    return { holder, steps: path.slice(from) }
  }

  /** Applies what stands at a node. @throws Rejected where a label or the time is missing. */
  enter(node: RuleNode, value: unknown, name: string, place: Place): void {
    const { time } = node
    if (time !== undefined) {
      const found = valueAt(value, time.steps)
      if (found === undefined) throw new Rejected(`the time field ${time.path} is not in the record`)
      place.time = this.parseTime(found)
    }
    if (node.labels.length === 0) return
    for (const { label, path, steps, ofName } of node.labels)
      place.scope = this.refs.within(place.scope, label, ofName ? name : labelText(valueAt(value, steps), label, path))
  }
}

function labelText(value: unknown, label: string, path: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (value === undefined) throw new Rejected(`the label ${label} (${path}) is not in the record`)
  throw new Rejected(`the label ${label} (${path}) is not a text or number: ${shown(value)}`)
}

const newNode = (): RuleNode => ({ named: new Map(), every: undefined, labels: [], time: undefined, taken: false })

function named(node: RuleNode, step: string | number): RuleNode {
  let next = node.named.get(step)
  if (next === undefined) node.named.set(step, (next = newNode()))
  return next
}

/** The node of an inner value, if there are rules below or at it. */
export function ruleOf(node: RuleNode | undefined, step: PathStep): RuleNode | undefined {
  if (node === undefined) return undefined
  return step === EVERY ? node.every : (node.named.get(step) ?? node.every)
}

export const hasRules = (node: RuleNode): boolean => node.labels.length > 0 || node.time !== undefined

/** An element of which something is a label: its series are told apart by that and not by their place. */
export const isLabelled = (node: RuleNode | undefined): node is RuleNode => node !== undefined && node.labels.length > 0
