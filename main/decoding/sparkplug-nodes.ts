/** What is known of the edge nodes of Sparkplug B and their devices, from their births. */
import { Rejected } from '../contracts'
import type { SeriesKeyRef } from '../contracts'
import type { Decoding } from '../../shared/config/decoding'
import { addRef, newScope } from './series-refs'
import type { Scope, SeriesLook } from './series-refs'

/** A node that sends a new name with every message must not fill the memory. */
const MAX_KNOWN = 150_000

export interface EdgeNode {
  readonly group: string
  readonly node: string
  born: boolean
  /** `bdSeq` of its birth. */
  session: number | null
  /** Sequence number of its last message. */
  seq: number | null
  /** The node itself as '', its devices by name. */
  readonly members: Map<string, Member>
}

export interface Member {
  readonly scope: Scope
  born: boolean
  readonly metrics: Map<string, KnownMetric>
  /** Unique within a node by the specification; kept per member because not all senders hold to that. */
  readonly aliases: Map<number, KnownMetric>
}

export interface KnownMetric {
  /** Null: not a reading, or not asked for. */
  readonly ref: SeriesKeyRef | null
  readonly chosen: boolean
  datatype: number
  /** A value was written and no gap since. */
  reported: boolean
}

export class SparkplugNodes {
  private readonly nodes = new Map<string, EdgeNode>()
  private readonly chosen: ReadonlyMap<string, SeriesLook> | null
  private known = 0

  constructor({ fields }: Decoding) {
    this.chosen = fields === 'all' ? null : new Map(fields.map((field) => [field.path, field]))
  }

  find(group: string, node: string): EdgeNode | undefined {
    return this.nodes.get(`${group}/${node}`)
  }

  add(group: string, node: string): EdgeNode {
    let found = this.find(group, node)
    if (found === undefined) {
      this.count()
      found = { group, node, born: false, session: null, seq: null, members: new Map() }
      this.nodes.set(`${group}/${node}`, found)
    }
    return found
  }

  member({ group, node, members }: EdgeNode, device: string): Member {
    let member = members.get(device)
    if (member === undefined) {
      this.count()
      const labels = { group, node, ...(device === '' ? {} : { device }) }
      member = { scope: newScope(labels), born: false, metrics: new Map(), aliases: new Map() }
      members.set(device, member)
    }
    return member
  }

  metric({ scope, metrics }: Member, name: string, datatype: number): KnownMetric {
    let metric = metrics.get(name)
    if (metric === undefined) {
      this.count()
      metric = { ref: this.ref(scope, name), chosen: this.chosen !== null, datatype, reported: false }
      metrics.set(name, metric)
    }
    if (datatype !== 0) metric.datatype = datatype
    return metric
  }

  private ref(scope: Scope, name: string): SeriesKeyRef | null {
    if (this.chosen === null) return isControl(name) ? null : addRef(scope, name, {})
    const look = this.chosen.get(name)
    return look === undefined ? null : addRef(scope, name, look)
  }

  private count(): void {
    if (this.known >= MAX_KNOWN)
      throw new Rejected(`more than ${MAX_KNOWN} Sparkplug metrics; does a name change with every message?`)
    this.known += 1
  }
}

/** The session number and the commands that a node offers: not readings. */
const isControl = (name: string): boolean => name === 'bdSeq' || /^(Node|Device) Control\//.test(name)
