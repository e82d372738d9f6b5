/**
 * Sparkplug B (Eclipse Sparkplug 3.0). Births name the metrics and their types, data refers to them by alias. The
 * series of a metric has the labels group, node and device.
 *
 * Values are sent when they change, so silence means that the last one holds. Where it may not, a gap is written: at
 * the death of a node or device, and, for what the record at hand does not tell, where sequence numbers are missing.
 */
import { Rejected } from '../contracts'
import type { Decoder, SampleWriter } from '../contracts'
import type { Decoding } from '../../shared/config/decoding'
import type { EpochMs } from '../../shared/model/time'
import { bounded } from './event-time'
import { parseSparkplug, valueOf } from './sparkplug-payload'
import type { Metric, SparkplugPayload } from './sparkplug-payload'
import { SparkplugNodes } from './sparkplug-nodes'
import type { EdgeNode, KnownMetric, Member } from './sparkplug-nodes'
import { shown } from './text'

const VERBS = new Set(['NBIRTH', 'NDATA', 'NDEATH', 'DBIRTH', 'DDATA', 'DDEATH'])
/** What is sent to nodes, and what hosts say of themselves. */
const PASSED_OVER = new Set(['NCMD', 'DCMD'])

interface Topic {
  readonly group: string
  readonly verb: string
  readonly node: string
  /** '' for the node itself. */
  readonly device: string
}

/** @returns null where the topic is none that brings readings. @throws Rejected where it is not of Sparkplug B. */
export function parseTopic(topic: string): Topic | null {
  const [namespace, group = '', verb = '', node = '', device = '', ...more] = topic.split('/')
  if (namespace === 'spBv1.0' && (group === 'STATE' || PASSED_OVER.has(verb))) return null
  const known = namespace === 'spBv1.0' && group !== '' && VERBS.has(verb) && node !== '' && more.length === 0
  if (!known || (device !== '') !== verb.startsWith('D'))
    throw new Rejected(`not a topic of Sparkplug B: ${shown(topic)}`)
  return { group, verb, node, device }
}

export function createSparkplugDecoder(config: Decoding): Decoder {
  const host = new Host(config)
  return {
    decode(record, into) {
      const topic = parseTopic(record.key)
      return topic !== null && host.take(topic, parseSparkplug(record.payload), into)
    },
  }
}

class Host {
  private readonly nodes: SparkplugNodes
  private readonly booleans: boolean

  constructor(config: Decoding) {
    this.nodes = new SparkplugNodes(config)
    this.booleans = config.booleans ?? false
  }

  take(topic: Topic, payload: SparkplugPayload, into: SampleWriter): boolean {
    const time = payload.timestamp === null ? null : bounded(payload.timestamp, payload.timestamp, 'the timestamp')
    switch (topic.verb) {
      case 'NBIRTH':
        return this.nodeBirth(topic, payload, time, into)
      case 'NDEATH':
        return this.nodeDeath(topic, payload, into)
    }
    const node = this.nodes.find(topic.group, topic.node)
    if (node !== undefined) this.follow(node, payload, time, topic, into)
    if (topic.verb === 'DDEATH') return this.deviceDeath(node, topic, time, into)
    if (topic.verb === 'DBIRTH') {
      if (node === undefined || !node.born) throw birthMissed(topic, '')
      this.birth(this.nodes.member(node, topic.device), payload, time, into)
    } else this.data(node, topic, payload, time, into)
    return true
  }

  // ---- births

  private nodeBirth(topic: Topic, payload: SparkplugPayload, time: EpochMs | null, into: SampleWriter): boolean {
    const node = this.nodes.add(topic.group, topic.node)
    const session = sessionOf(payload)
    const another = node.born && session !== node.session
    node.born = true
    node.session = session
    node.seq = payload.seq ?? 0
    for (const [device, member] of node.members) {
      if (device === '') continue
      // Until its own birth; after one that was asked for, in the same session, that follows at once.
      member.born = false
      if (another) writeGaps(member, time, into)
    }
    this.birth(this.nodes.member(node, ''), payload, time, into)
    return true
  }

  private birth(member: Member, payload: SparkplugPayload, time: EpochMs | null, into: SampleWriter): void {
    member.born = true
    member.aliases.clear()
    for (const { name, alias, datatype } of payload.metrics) {
      if (name === null) throw new Rejected(`a birth has a metric without a name (alias ${alias ?? 'none'})`)
      const known = this.nodes.metric(member, name, datatype)
      if (alias !== null) member.aliases.set(alias, known)
    }
    for (const metric of payload.metrics) {
      const known = member.metrics.get(metric.name as string)
      if (known !== undefined) this.write(metric, known, time, into)
    }
  }

  // ---- data

  private data(
    node: EdgeNode | undefined,
    topic: Topic,
    payload: SparkplugPayload,
    time: EpochMs | null,
    into: SampleWriter,
  ): void {
    for (const metric of payload.metrics) {
      const known = this.known(node, topic, metric)
      this.write(metric, known, time, into)
    }
  }

  /** The metric that data is of. One that says its name and type needs no birth. */
  private known(node: EdgeNode | undefined, topic: Topic, { name, alias, datatype }: Metric): KnownMetric {
    const member = node?.members.get(topic.device)
    const found = name === null ? member?.aliases.get(alias ?? -1) : member?.metrics.get(name)
    if (found !== undefined && (member?.born === true || name !== null)) return found
    if (name !== null && datatype !== 0)
      return this.nodes.metric(this.nodes.member(this.nodes.add(topic.group, topic.node), topic.device), name, datatype)
    if (member?.born !== true) throw birthMissed(topic, topic.device)
    throw new Rejected(
      name === null
        ? `alias ${alias ?? 'none'} is not in the birth of ${nameOf(topic, topic.device)}; a rebirth is needed`
        : `metric ${shown(name)} is not in the birth of ${nameOf(topic, topic.device)}; a rebirth is needed`,
    )
  }

  private write(metric: Metric, known: KnownMetric, time: EpochMs | null, into: SampleWriter): void {
    const { ref } = known
    if (ref === null) return
    const value = valueOf(metric, metric.datatype === 0 ? known.datatype : metric.datatype)
    const number = typeof value === 'boolean' && this.booleans ? Number(value) : value
    if (number === undefined || typeof number === 'boolean') {
      if (known.chosen) throw new Rejected(`field ${ref.name} is not a number: ${shown(value ?? metric.value)}`)
      return
    }
    known.reported = true
    const own = metric.timestamp
    into.sample(ref, own === null ? time : bounded(own, own, 'the timestamp'), number ?? NaN)
  }

  // ---- deaths and losses

  private nodeDeath(topic: Topic, payload: SparkplugPayload, into: SampleWriter): boolean {
    const node = this.nodes.find(topic.group, topic.node)
    const session = sessionOf(payload)
    // The last will of an earlier session may come after the birth of the next (6.4.4).
    if (node === undefined || (session !== null && node.session !== null && session !== node.session)) return false
    node.born = false
    node.seq = null
    for (const member of node.members.values()) {
      member.born = false
      // Its timestamp is of the time when the connection was made: the broker's or the arrival counts.
      writeGaps(member, null, into)
    }
    return true
  }

  private deviceDeath(node: EdgeNode | undefined, topic: Topic, time: EpochMs | null, into: SampleWriter): boolean {
    const member = node?.members.get(topic.device)
    if (member === undefined) return false
    member.born = false
    writeGaps(member, time, into)
    return true
  }

  /** Sequence numbers go from 0 to 255 and on from 0. */
  private follow(
    node: EdgeNode,
    { seq, metrics }: SparkplugPayload,
    time: EpochMs | null,
    topic: Topic,
    into: SampleWriter,
  ): void {
    if (seq === null || node.seq === null) return
    const lost = seq !== (node.seq + 1) % 256 && seq !== node.seq
    node.seq = seq
    if (!lost) return
    for (const [device, member] of node.members) {
      const told = new Set<KnownMetric | undefined>()
      if (device === topic.device)
        for (const { name, alias } of metrics)
          told.add(name === null ? member.aliases.get(alias ?? -1) : member.metrics.get(name))
      writeGaps(member, time, into, told)
    }
  }
}

function writeGaps(member: Member, time: EpochMs | null, into: SampleWriter, except?: ReadonlySet<unknown>): void {
  for (const metric of member.metrics.values()) {
    if (!metric.reported || metric.ref === null || except?.has(metric)) continue
    metric.reported = false
    into.sample(metric.ref, time, NaN)
  }
}

const nameOf = ({ group, node }: Topic, device: string): string =>
  [group, node, ...(device === '' ? [] : [device])].join('/')

const birthMissed = (topic: Topic, device: string): Rejected =>
  new Rejected(`no birth seen yet of ${nameOf(topic, device)}; a rebirth is needed`)

/** `bdSeq` is the number of the session: the same in a birth and in the will that was left with the broker. */
function sessionOf({ metrics }: SparkplugPayload): number | null {
  const metric = metrics.find(({ name }) => name === 'bdSeq')
  const value = metric === undefined ? null : valueOf(metric, metric.datatype)
  return typeof value === 'number' ? value : null
}
