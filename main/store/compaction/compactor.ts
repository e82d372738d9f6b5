/**
 * Moves the journal into chunks in the background. Every step is one transaction that leaves a whole file, so the
 * process may end at any moment; the next start goes on where the file says.
 */
import type { Damage } from '../../contracts'
import type { Database } from '../database'
import { isCorrupt } from '../store-error'
import { MAX_CHUNK_SAMPLES } from '../chunk/contracts'
import { CHUNKED } from '../reader'
import type { StoreStep } from '../steps'
import type { Cut } from './chunks'
import { DirectEncoding } from './encoding'
import type { Encoding } from './encoding'
import { mergeable, prepareMerges, writeMerges } from './merge'
import { preparePass, writePass } from './pass'
import { ThreadEncoding } from './thread'

export interface CompactionLimits {
  /** A pass moves so many samples at a time, and waits for as many where they come fast enough. */
  readonly pass: number
  /**
   * With so many waiting passes are as large (16 bytes of memory a sample), and chunks of at least `hurriedChunk`
   * stay, so that they are encoded once and not twice.
   */
  readonly hurried: number
  readonly hurriedChunk: number
  /** With more than that commits wait: the journal must not grow for ever. */
  readonly behind: number
  /** The built thread-main.ts: full passes are encoded there, if it is given. */
  readonly thread?: string
}

export const COMPACTION: CompactionLimits = {
  pass: 1_000_000,
  hurried: 4_000_000,
  hurriedChunk: MAX_CHUNK_SAMPLES / 8,
  behind: 16_000_000,
}
/** Where they do not: a pass every ten minutes, so that chunks are not made of a few samples. */
const PASS_EVERY_MS = 600_000
const RETRY_MS = 60_000
/** Series merged in one transaction. */
const SERIES_A_MERGE = 16
/** Journal blocks removed in one transaction. */
const REMOVED_AT_ONCE = 256

export interface CompactorContext {
  readonly writing: Database
  readonly reading: Database
  /** The queue of the writing connection. */
  write<T>(step: StoreStep, task: () => Promise<T>): Promise<T>
  onDamage(damage: Damage): void
}

export class Compactor {
  private unmoved = 0
  private lastPass = performance.now()
  private running: Promise<void> | null = null
  private stopped = false
  private waiting: (() => void)[] = []
  private readonly direct = new DirectEncoding()
  private readonly thread: ThreadEncoding | null

  constructor(
    private readonly context: CompactorContext,
    private readonly limits: CompactionLimits,
  ) {
    this.thread = limits.thread === undefined ? null : new ThreadEncoding(limits.thread)
  }

  /** Goes on with what the last engine left. */
  async start(): Promise<void> {
    const row = await this.context.reading.one(
      `SELECT coalesce(sum(samples), 0) AS n FROM journal WHERE seq > ${CHUNKED}`,
    )
    this.committed(Number(row?.['n']))
  }

  /** After each commit. */
  committed(samples: number): void {
    this.unmoved += samples
    if (this.running !== null || this.stopped) return
    const waited = performance.now() - this.lastPass
    if (this.unmoved >= this.limits.pass || (this.unmoved > 0 && waited >= PASS_EVERY_MS)) this.background()
  }

  /** Resolves where the journal has room for more; at once while nothing is moved, such as on a full disk. */
  async room(): Promise<void> {
    while (this.unmoved > this.limits.behind && this.running !== null && !this.stopped)
      await new Promise<void>((resolve) => this.waiting.push(resolve))
  }

  private wake(): void {
    for (const resume of this.waiting.splice(0)) resume()
  }

  private background(): void {
    this.running = this.run()
      .catch((error: unknown) => {
        if (isCorrupt(error)) this.context.onDamage({ kind: 'file', id: 0, reason: error.message })
        // Such as a full disk: the samples are in the journal, and commits say what is wrong.
        this.lastPass = performance.now() - PASS_EVERY_MS + RETRY_MS
        this.unmoved = 1
      })
      .finally(() => this.ended())
  }

  private ended(): void {
    this.running = null
    this.wake()
  }

  /** Moves all that is in the journal now. */
  now(): Promise<void> {
    return this.turn(() => this.run())
  }

  /** Runs something else that changes chunks, while nothing is moved. It ends soon once `isStopped`. */
  async turn<T>(task: () => Promise<T>): Promise<T> {
    while (this.running !== null) await this.running
    const done = task()
    this.running = done
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => this.ended())
    return done
  }

  get isStopped(): boolean {
    return this.stopped
  }

  /** Full passes as long as there are any, then the rest; merged after each, so that few small chunks gather. */
  private async run(): Promise<void> {
    // A thread costs some megabytes, and the little that comes now and then is encoded in no time.
    const encoding = this.unmoved >= this.limits.pass && this.thread?.works ? this.thread : this.direct
    for (let more = true; more && !this.stopped;) {
      const hurried = this.unmoved >= this.limits.hurried
      more = (await this.pass(hurried, encoding)) && this.unmoved >= this.limits.pass
      await this.merge(hurried ? 'lasting' : 'full', encoding)
      while (!this.stopped && (await this.removeBlocks()));
    }
  }

  private async pass(hurried: boolean, encoding: Encoding): Promise<boolean> {
    const { writing, reading, write, onDamage } = this.context
    const chunked = Number((await reading.one(`SELECT ${CHUNKED} AS n`))?.['n'])
    const limits = hurried
      ? { most: this.limits.hurried, lasting: this.limits.hurriedChunk }
      : { most: this.limits.pass, lasting: Infinity }
    const pass = await preparePass(reading, chunked, limits, encoding, onDamage)
    this.lastPass = performance.now()
    if (pass === null || this.stopped) return false
    await write('pass', () => writePass(writing, pass))
    this.unmoved = Math.max(0, this.unmoved - pass.samples)
    this.wake()
    return true
  }

  /** Several series in one transaction: each costs a write to the disk that is waited for. */
  private async merge(cut: Cut, encoding: Encoding): Promise<void> {
    const { writing, reading, write, onDamage } = this.context
    const series = await mergeable(reading)
    for (let i = 0; i < series.length && !this.stopped; i += SERIES_A_MERGE) {
      const merges = await prepareMerges(reading, series.slice(i, i + SERIES_A_MERGE), cut, encoding, onDamage)
      if (merges.length > 0 && !this.stopped) await write('merge', () => writeMerges(writing, merges))
    }
  }

  /**
   * A block goes when it is in chunks and the older of the two kept snapshots covers it: that one is the fallback,
   * and needs the journal after it.
   */
  private async removeBlocks(): Promise<boolean> {
    const { writing, write } = this.context
    const removed = await write('removal', () =>
      writing.run(
        `DELETE FROM journal WHERE seq IN (SELECT seq FROM journal WHERE seq <= ${CHUNKED}
             AND seq <= (SELECT seq FROM snapshot ORDER BY seq DESC LIMIT 1 OFFSET 1)
           ORDER BY seq LIMIT ${REMOVED_AT_ONCE})`,
      ),
    )
    return removed.changes === REMOVED_AT_ONCE
  }

  /** While the task runs nothing is moved; what was prepared before is dropped, because the task changes it. */
  async paused<T>(task: () => Promise<T>): Promise<T> {
    this.stopped = true
    this.wake()
    try {
      await this.running
      return await task()
    } finally {
      this.stopped = false
    }
  }

  /** For good. A step that is being written is waited for. */
  async stop(): Promise<void> {
    this.stopped = true
    this.wake()
    await this.thread?.close()
    await this.running
  }
}
