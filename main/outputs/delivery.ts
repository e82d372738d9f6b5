/**
 * Brings what waits for one output to its receiver, in order, until it is confirmed. A receiver that is away is tried
 * again after growing waits; after a day in vain, or where it will never take something, that is set aside and shown.
 */
import { pause } from '../connections/reconnect'
import { Refused, RetryAfter } from '../contracts'
import type { OutboxCounts, OutboxItem, OutboxStore, Sender } from '../contracts'
import type { OutputStatus } from '../../shared/ipc/outputs'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { dueForPeople } from './grouping'
import type { GroupingLimits } from './grouping'

const BATCH = 500
/** People get few messages: those of a rule that must wait do not hold up the others. */
const PEOPLE_BATCH = 10_000
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 600_000
const AT_MOST_MS = 86_400_000
/** Beyond so many the oldest results make room; alerts never do. */
const MOST_WAITING = 100_000

export interface DeliveryParts {
  readonly id: string
  readonly store: OutboxStore
  readonly sender: Sender
  /** Of those that people read; null: every item goes as soon as it can. */
  readonly people: GroupingLimits | null
}

/** Growing and jittered. @param tries that failed; @param random in [0, 1) */
export const retryWait = (tries: number, random: number): DurationMs =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries - 1, 20)) * (0.5 + random / 2)

export class Delivery {
  private counts: OutboxCounts = { waiting: 0, delivered: 0, setAside: 0, dropped: 0, reason: null }
  private state: OutputStatus['state'] = { state: 'idle' }
  private lastDelivery: EpochMs | null = null
  private lastFault: OutputStatus['lastFault'] = null
  private readonly told = new Map<string, EpochMs>()
  private readonly stopped = new AbortController()
  private sleeping = new AbortController()
  private tries = 0
  private listens = false
  private running: Promise<void> = Promise.resolve()

  constructor(private readonly parts: DeliveryParts) {}

  start(): void {
    this.running = this.run()
  }

  /** More waits. @param added how many */
  async more(added: number): Promise<void> {
    this.counts = { ...this.counts, waiting: this.counts.waiting + added }
    if (this.tries === 0) this.wake()
    if (this.counts.waiting <= MOST_WAITING) return
    await this.parts.store.trim(this.parts.id, MOST_WAITING)
    await this.count()
  }

  /** Tries at once, also what was set aside. */
  async retry(): Promise<void> {
    await this.parts.store.retry(this.parts.id)
    await this.count()
    this.wake()
  }

  async discard(): Promise<void> {
    await this.parts.store.discard(this.parts.id)
    await this.count()
  }

  /** A server that listens. */
  get isOpen(): boolean {
    return this.listens
  }

  get status(): OutputStatus {
    const { id, sender } = this.parts
    const connected = sender.connected?.()
    return {
      ...{ id, state: this.state, lastDelivery: this.lastDelivery, lastFault: this.lastFault, ...this.counts },
      ...(connected === undefined ? {} : { connected }),
    }
  }

  async stop(): Promise<void> {
    this.stopped.abort()
    this.wake()
    await this.parts.sender.close()
    await this.running
    // It may have connected anew before it saw the end.
    await this.parts.sender.close()
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped
    await this.count().catch(() => undefined)
    while (!signal.aborted) {
      let items: readonly OutboxItem[] = []
      try {
        await this.open()
        const due = await this.due()
        items = due.items
        if (items.length === 0) await this.idle(due.at)
        else await this.deliver(items)
      } catch (error) {
        if (signal.aborted) return
        await this.failed(items, error).catch(() => this.rest(FIRST_WAIT_MS))
      }
    }
  }

  private async open(): Promise<void> {
    const { sender } = this.parts
    if (this.listens || sender.open === undefined) return
    await sender.open()
    this.listens = true
  }

  private async due(): Promise<{ items: readonly OutboxItem[]; at: EpochMs }> {
    const { id, store, people } = this.parts
    const waiting = await store.waiting(id, people === null ? BATCH : PEOPLE_BATCH)
    return people === null ? { items: waiting, at: Infinity } : dueForPeople(waiting, people, this.told, Date.now())
  }

  private async deliver(items: readonly OutboxItem[]): Promise<void> {
    const { id, store, sender } = this.parts
    if (this.tries === 0) this.state = { state: 'sending' }
    await this.orStopped(sender.send(items, this.stopped.signal))
    const now = Date.now()
    for (const { rule } of items) if (rule !== null) this.told.set(rule, now)
    this.tries = 0
    this.lastDelivery = now
    await store.delivered(id, items)
    const { waiting, delivered } = this.counts
    this.counts = { ...this.counts, waiting: waiting - items.length, delivered: delivered + items.length }
  }

  private async idle(until: EpochMs): Promise<void> {
    this.state = { state: 'idle' }
    await this.count()
    await this.rest(Math.min(until - Date.now(), LONGEST_WAIT_MS))
  }

  private async failed(items: readonly OutboxItem[], error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error)
    const now = Date.now()
    this.lastFault = { reason, at: now }
    if (error instanceof Refused) {
      if (items.length > 1) return this.oneByOne(items)
      return this.setAside(items, reason)
    }
    const old = items.filter(({ created }) => now - created > AT_MOST_MS)
    if (old.length > 0) await this.setAside(old, reason)
    else await this.count()
    this.tries += 1
    const wait = error instanceof RetryAfter ? error.wait : retryWait(this.tries, Math.random())
    this.state = { state: 'retrying', reason, at: now + wait }
    await this.rest(wait)
  }

  private async setAside(items: readonly OutboxItem[], reason: string): Promise<void> {
    await this.parts.store.setAside(this.parts.id, items, reason)
    await this.count()
  }

  /** One of them is at fault; the others go. */
  private async oneByOne(items: readonly OutboxItem[]): Promise<void> {
    for (const item of items) {
      try {
        await this.deliver([item])
      } catch (error) {
        if (!(error instanceof Refused)) return this.failed([item], error)
        await this.failed([item], error)
      }
    }
  }

  /** A receiver that does not answer must not hold up the end; what it got then comes again, with the same ids. */
  private orStopped(sending: Promise<void>): Promise<void> {
    const { signal } = this.stopped
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(new Error('stopped'))
      signal.addEventListener('abort', abort)
      void sending.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
    })
  }

  /** What it was told and found may differ for a moment; where it rests, the store says how many there are. */
  private async count(): Promise<void> {
    this.counts = await this.parts.store.counts(this.parts.id)
  }

  /** Until something wakes it, at most so long. */
  private async rest(ms: DurationMs): Promise<void> {
    if (this.stopped.signal.aborted || ms <= 0) return
    const { signal } = this.sleeping
    if (!signal.aborted) await pause(ms, signal)
    this.sleeping = new AbortController()
  }

  private wake(): void {
    this.sleeping.abort()
  }
}
