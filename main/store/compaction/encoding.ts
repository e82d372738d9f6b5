/**
 * What compaction computes: rows of the file in, rows for the file out. No connection is used, so that it runs in the
 * engine's thread or in one of its own.
 */
import type { Damage } from '../../contracts'
import type { SeriesId } from '../../../shared/model/series'
import { columnsOfBody } from '../chunk-rows'
import { mergeAll } from '../columns'
import type { OrderedColumns } from '../columns'
import type { Row } from '../database'
import { checkedBlock } from '../checked-block'
import { chunksOf } from './chunks'
import type { Cut, MadeChunk } from './chunks'
import { Gathered } from './gathered'
import { Slices } from './slices'

/** Rows of the unmerged chunks of a series (id, time_min, time_max, crc, body), in the order of their ids. */
export interface UnmergedSeries {
  readonly series: SeriesId
  readonly rows: readonly Row[]
}

/** A damaged chunk leaves its series as it is. */
export type MergedSeries = { readonly made: readonly MadeChunk[] } | { readonly damage: Damage }

export interface Encoding {
  /** Forgets what a pass that failed has gathered. */
  begin(): Promise<void>
  /** Rows of the journal (seq, time_min, time_max, crc, body) in its order. Those that are damaged are left out. */
  gather(rows: readonly Row[]): Promise<readonly Damage[]>
  /**
   * Of all that was gathered since `begin`; gives its memory away.
   * @param lasting with so many samples of a series its chunks stay as they are, unless it is one of `unmerged`
   */
  chunks(lasting: number, unmerged: ReadonlySet<SeriesId>): Promise<readonly MadeChunk[]>
  merge(all: readonly UnmergedSeries[], cut: Cut): Promise<readonly MergedSeries[]>
}

/** In the thread that calls, which goes on in between. */
export class DirectEncoding implements Encoding {
  private gathered = new Gathered()
  private readonly slices = new Slices()

  begin(): Promise<void> {
    this.gathered = new Gathered()
    return Promise.resolve()
  }

  async gather(rows: readonly Row[]): Promise<readonly Damage[]> {
    const damaged: Damage[] = []
    for (const row of rows) {
      const block = checkedBlock(row, (damage) => damaged.push(damage))
      if (block !== null) this.gathered.add(block.samples)
      await this.slices.turn()
    }
    return damaged
  }

  async chunks(lasting: number, unmerged: ReadonlySet<SeriesId>): Promise<readonly MadeChunk[]> {
    const made: MadeChunk[] = []
    for (const [series, samples] of this.gathered.ordered()) {
      // Behind chunks that are merged later none that stays may stand: of equal times it would come first.
      const stays = samples.length >= lasting && !unmerged.has(series)
      made.push(...(await chunksOf({ series, ...samples }, stays ? 'lasting' : 'small', this.slices)))
    }
    return made
  }

  async merge(all: readonly UnmergedSeries[], cut: Cut): Promise<readonly MergedSeries[]> {
    const merged: MergedSeries[] = []
    for (const each of all) merged.push(await this.mergeOne(each, cut))
    return merged
  }

  private async mergeOne({ series, rows }: UnmergedSeries, cut: Cut): Promise<MergedSeries> {
    const parts: OrderedColumns[] = []
    const damaged: Damage[] = []
    for (const row of rows) {
      const part = columnsOfBody(series, row, (damage) => damaged.push(damage))
      if (part !== null) parts.push(part)
      await this.slices.turn()
    }
    if (damaged[0] !== undefined) return { damage: damaged[0] }
    const { time, value } = await mergeAll(parts)
    return { made: await chunksOf({ series, length: time.length, time, value }, cut, this.slices) }
  }
}
