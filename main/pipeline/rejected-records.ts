/** The rejected records of all sources: looked at, decoded again with the settings of now, discarded. */
import type { RejectedStore, Store, StoredRejected } from '../contracts'
import type { SourceConfig } from '../../shared/config/workspace'
import type { DecodedAgain, RejectedKind, RejectedRecord } from '../../shared/ipc/engine'
import { createDecoder } from './kinds'
import { rejectedRecord } from './rejections'
import type { SourceRunner } from './source-runner'

const SHOWN = 200
/** Each may be 1 MiB. */
const PAGE = 64

export interface RejectedParts {
  readonly store: Store
  readonly config: (source: string) => SourceConfig | undefined
  readonly runner: (source: string) => SourceRunner | undefined
  /** Resolves when what sources have sent is committed. */
  readonly flush: () => Promise<void>
}

export class RejectedRecords {
  private readonly busy = new Set<string>()

  constructor(private readonly parts: RejectedParts) {}

  async newest(source: string): Promise<RejectedRecord[]> {
    return (await this.parts.store.rejected.newest(source, SHOWN)).map(rejectedRecord)
  }

  counts(source: string): Promise<readonly RejectedKind[]> {
    return this.parts.store.rejected.counts(source)
  }

  async discard(source: string): Promise<void> {
    await this.parts.flush()
    await this.parts.store.rejected.discard(source)
  }

  /** Oldest first, as they are while it goes over them. */
  async *all(source: string): AsyncGenerator<StoredRejected> {
    await this.parts.flush()
    yield* rejectedOf(this.parts.store.rejected, source)
  }

  /**
   * Those that can be decoded now are stored, late as they are; the others stay, with the reason of now. A record and
   * what comes of it change places in one commit: an end in the middle loses and doubles nothing.
   * @throws Error where the source does not run, or this is under way
   */
  async decodeAgain(source: string): Promise<DecodedAgain> {
    const config = this.parts.config(source)
    if (config === undefined || this.parts.runner(source) === undefined)
      throw new Error('switch the source on first: rejected records go the way of those that it receives')
    if (this.busy.has(source)) throw new Error('the rejected records of this source are being decoded already')
    this.busy.add(source)
    try {
      return await this.run(source, config)
    } finally {
      this.busy.delete(source)
    }
  }

  private async run(source: string, config: SourceConfig): Promise<DecodedAgain> {
    // One of its own: what a stateful decoder has learnt from the stream is not to be disturbed.
    const decoder = createDecoder(config)
    let decoded = 0
    let rejected = 0
    for await (const entry of this.all(source)) {
      // Settings saved meanwhile have another runner.
      const runner = this.parts.runner(source)
      if (runner === undefined) break
      if (!entry.again) continue
      const before = runner.ledger.rejected
      await runner.again(entry, decoder)
      if (runner.ledger.rejected > before) rejected += 1
      else decoded += 1
    }
    await this.parts.flush()
    return { decoded, rejected }
  }
}

/** Those that are there at the beginning, oldest first. */
export async function* rejectedOf(
  store: Pick<RejectedStore, 'newest' | 'from'>,
  source: string,
): AsyncGenerator<StoredRejected> {
  const upTo = (await store.newest(source, 1))[0]?.id ?? 0
  for (let after = 0; after < upTo;) {
    const entries = await store.from(source, { after, upTo, limit: PAGE })
    yield* entries
    after = entries.at(-1)?.id ?? upTo
  }
}
