/**
 * One connection to a cluster, from its first request to its end: a kafkajs consumer that is told where to read from,
 * and hands over what it reads. Positions live in Weir's database and go with the samples; the group only serves to
 * be given the partitions.
 */
import type { Admin, Batch, Consumer, ConsumerEndBatchProcessEvent, EachBatchPayload, Kafka } from 'kafkajs'
import type { RecordSink } from '../contracts'
import type { KafkaConnection } from '../../shared/config/sources/kafka'
import { describeKafka, isTopicGone } from '../connections/kafka-connection'
import { place, PlacementError, startOver } from './kafka-placement'
import type { Positions } from './kafka-placement'
import { witnessOf } from './kafka-position'
import type { PartitionPosition } from './kafka-position'
import { RecordMaker } from './kafka-records'
import { pause } from '../connections/reconnect'
import type { SessionEnd } from '../connections/reconnect'

/** Records handed over at once at most. */
const SLICE = 2048
const HEARTBEAT_MS = 3000
/** How long a fetch waits at the broker for something new, and so a stop for the fetch. */
const FETCH_WAIT_MS = 500
/** How soon partitions that were added, or a topic that is gone, are noticed. */
const METADATA_AGE_MS = 10_000
/** A broker that is gone is not waited for when the connection ends. */
const CLOSE_WITHIN_MS = 2000
/** At a stop, for the commit of what was received. */
const LAST_COMMIT_WITHIN_MS = 3000
/** A session that lasted so long, or brought something, was no failed attempt. */
const STEADY_AFTER_MS = 10_000

/** kafkajs keeps the offset that a batch was fetched at, but does not declare it. */
type FetchedBatch = Batch & { readonly fetchedOffset: string }

/** Partitions by topic. */
type Assignment = Readonly<Record<string, readonly number[]>>

export class KafkaSession {
  private readonly admin: Admin
  private readonly consumer: Consumer
  private readonly over = new AbortController()
  private readonly began = performance.now()
  private readonly maker: RecordMaker
  private failure: unknown
  private took = false
  private joins = 0
  private assigned: PartitionPosition[] = []
  /** While it is placed anew, no batch is taken. */
  private placing = false
  private catchingUp = true
  private assignment: Assignment = {}
  /** With a shared group: batches on their way into the database, and what is to be told to the group. */
  private waiting = 0
  private readonly toCommit = new Map<PartitionPosition, number>()
  private allStored: (() => void) | undefined

  constructor(
    client: Kafka,
    private readonly config: KafkaConnection,
    private readonly groupId: string,
    private readonly positions: Positions,
    private readonly out: RecordSink,
  ) {
    this.maker = new RecordMaker(config)
    this.admin = client.admin()
    this.consumer = client.consumer({
      groupId,
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      metadataMaxAge: METADATA_AGE_MS,
    })
  }

  get lag(): number {
    return this.assigned.reduce((sum, position) => sum + position.lag, 0)
  }

  async run(stop: AbortSignal): Promise<SessionEnd> {
    const end = () => this.over.abort()
    stop.addEventListener('abort', end)
    try {
      await this.start()
      await ended(this.over.signal)
    } catch (error) {
      this.failure ??= error
    } finally {
      stop.removeEventListener('abort', end)
      this.over.abort()
      // The consumer does not say which of its topics it means.
      if (isTopicGone(this.failure)) await this.place().catch((error: unknown) => (this.failure = error))
      await this.close(stop.aborted)
    }
    const { failure } = this
    const what = failure instanceof PlacementError ? failure.what : this.groupId
    const cause: unknown = failure instanceof PlacementError ? failure.cause : failure
    const wasLive = this.took || (this.joins > 0 && performance.now() - this.began > STEADY_AFTER_MS)
    return { ...describeKafka(cause, this.config, what), wasLive }
  }

  private async start(): Promise<void> {
    const { consumer, over } = this
    await this.admin.connect()
    await this.place()
    if (over.signal.aborted) return
    await consumer.connect()
    // What kafkajs falls back to where an offset is gone is where Weir would go on; it is noticed in the next batch.
    await consumer.subscribe({ topics: [...this.config.topics], fromBeginning: this.config.deleted === 'oldest' })
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.joined(payload.memberAssignment))
    consumer.on(consumer.events.END_BATCH_PROCESS, (event) => this.passedOver(event))
    consumer.on(consumer.events.CRASH, ({ payload }) => this.fail(payload.error))
    if (over.signal.aborted) return
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.take(payload),
    })
  }

  private fail(error: unknown): void {
    this.failure ??= error
    this.over.abort()
  }

  private place(): Promise<void> {
    const { admin, config, positions, out } = this
    const sharedGroup = config.sharedGroup ? this.groupId : undefined
    return place({ admin, config, positions, out, sharedGroup })
  }

  /**
   * Synchronously, so that no fetch comes before the seek. At a later join, after a rebalance or when the topics
   * changed, nothing is read until the broker has been asked again.
   */
  private joined(assignment: Assignment): void {
    this.joins += 1
    this.assignment = assignment
    this.assigned = this.positionsOf(assignment)
    const complete = this.assigned.length === Object.values(assignment).flat().length
    if (this.joins > 1 || !complete) return this.placeAgain()
    this.seek(this.assigned)
    this.reportState()
  }

  private placeAgain(): void {
    const { assignment, joins } = this
    const partitions = Object.entries(assignment).map(([topic, list]) => ({ topic, partitions: [...list] }))
    this.placing = true
    this.consumer.pause(partitions)
    const placed = () => {
      if (this.over.signal.aborted || joins !== this.joins) return
      this.placing = false
      this.assigned = this.positionsOf(assignment)
      this.seek(this.assigned)
      this.consumer.resume(partitions)
      this.catchingUp = true
      this.reportState()
    }
    this.place().then(placed, (error: unknown) => this.fail(error))
  }

  private positionsOf(assignment: Assignment): PartitionPosition[] {
    return Object.entries(assignment).flatMap(([topic, partitions]) =>
      partitions.flatMap((partition) => this.positions.get(`${topic}/${partition}`) ?? []),
    )
  }

  private seek(positions: readonly PartitionPosition[]): void {
    for (const position of positions) {
      const { topic, partition } = position
      this.consumer.seek({ topic, partition, offset: String(position.seekOffset()) })
    }
  }

  private reportState(): void {
    if (!this.catchingUp) return
    this.catchingUp = this.assigned.some((position) => position.hasBacklog)
    this.out.state({ state: this.catchingUp ? 'catching-up' : 'live' })
  }

  // ---- batches

  private async take(payload: EachBatchPayload): Promise<void> {
    const batch = payload.batch as FetchedBatch
    const position = this.positions.get(`${batch.topic}/${batch.partition}`)
    if (position === undefined || this.isStale(payload)) return
    // The offset was gone and kafkajs went elsewhere.
    if (Number(batch.fetchedOffset) !== position.asked) return this.placeAgain()
    position.high = Number(batch.highWatermark)
    if (!position.checked && !position.check(batch.messages[0] as (typeof batch.messages)[number])) {
      startOver(position, this.config, this.out)
      return this.seek([position])
    }
    // Of a group that is shared another member may have been given the partition meanwhile.
    if (this.config.sharedGroup) await payload.heartbeat()
    for (let from = 0; from < batch.messages.length; from += SLICE) {
      if (this.isStale(payload)) return
      await this.hand(position, payload, from, Math.min(from + SLICE, batch.messages.length))
    }
    this.took = true
    this.reportState()
  }

  private isStale({ isRunning, isStale }: EachBatchPayload): boolean {
    return this.over.signal.aborted || this.placing || !isRunning() || isStale()
  }

  private async hand(
    position: PartitionPosition,
    { batch, resolveOffset, heartbeat }: EachBatchPayload,
    from: number,
    to: number,
  ): Promise<void> {
    const { messages } = batch
    const last = messages[to - 1] as (typeof messages)[number]
    const { records, tombstones } = this.maker.take(batch.topic, messages, from, to, position.next)
    // Behind the last message may stand control records of transactions.
    const lastOffset = to === messages.length ? batch.lastOffset() : last.offset
    const next = Number(lastOffset) + 1
    position.next = position.asked = next
    position.witness = witnessOf(last)
    const { sharedGroup } = this.config
    if (sharedGroup) this.waiting += 1
    const full = this.out.write({
      records,
      partition: position.name,
      cursor: position.cursor,
      ...(tombstones === 0 ? {} : { passedOver: tombstones }),
      ...(sharedGroup ? { acknowledge: () => this.stored(position, next) } : {}),
    })
    resolveOffset(last.offset)
    if (full !== undefined) await this.roomIn(full, heartbeat)
    await heartbeat()
  }

  /** Back-pressure: nothing is fetched before the engine has room, and the group is told that the member lives. */
  private async roomIn(full: Promise<void>, heartbeat: () => Promise<void>): Promise<void> {
    const room = new AbortController()
    const go = () => room.abort()
    void full.then(go)
    this.over.signal.addEventListener('abort', go)
    while (!room.signal.aborted && !this.over.signal.aborted) {
      await pause(HEARTBEAT_MS, room.signal)
      await heartbeat()
    }
    this.over.signal.removeEventListener('abort', go)
  }

  /** Batches of nothing but control records or aborted transactions are not handed over. */
  private passedOver({ payload }: ConsumerEndBatchProcessEvent): void {
    const position = this.positions.get(`${payload.topic}/${payload.partition}`)
    if (payload.batchSize > 0 || position === undefined || this.placing) return
    position.asked = Number(payload.lastOffset) + 1
    position.next = Math.max(position.next, position.asked)
    position.high = Number(payload.highWatermark)
    this.reportState()
  }

  // ---- a group that is shared with others is told what is stored

  private stored(position: PartitionPosition, next: number): void {
    this.waiting -= 1
    if (this.toCommit.size === 0) setImmediate(() => void this.commit())
    this.toCommit.set(position, next)
  }

  private async commit(): Promise<void> {
    const offsets = [...this.toCommit].map(([{ topic, partition }, next]) => ({
      topic,
      partition,
      offset: String(next),
    }))
    this.toCommit.clear()
    // Where that fails, another member reads some records again; this one does not.
    await this.consumer.commitOffsets(offsets).catch(() => undefined)
    if (this.waiting === 0) this.allStored?.()
  }

  private async close(stopped: boolean): Promise<void> {
    if (this.waiting > 0 && this.failure === undefined)
      await within(LAST_COMMIT_WITHIN_MS, new Promise<void>((resolve) => (this.allStored = resolve)))
    await within(CLOSE_WITHIN_MS, this.disconnect(stopped))
  }

  /** A group of our own is removed at a stop; after a crash the broker does it, some minutes later. */
  private async disconnect(stopped: boolean): Promise<void> {
    await quietly(this.consumer.disconnect())
    if (stopped && this.joins > 0 && !this.config.sharedGroup) await quietly(this.admin.deleteGroups([this.groupId]))
    await quietly(this.admin.disconnect())
  }
}

/** What fails here fails with the connection, which is over anyway. */
async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined)
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController()
  void work.then(() => done.abort())
  await pause(ms, done.signal)
}
