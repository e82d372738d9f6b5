/** Ordered samples of a series cut into chunks, and their rows written with the rollups of those that stay. */
import type { SeriesId } from '../../../shared/model/series'
import { CHUNK_INSERT, encodeRow } from '../chunk-rows'
import { MAX_CHUNK_SAMPLES } from '../chunk/contracts'
import type { Database, SqlValue, Statement } from '../database'
import { ROLLUP_INSERT, bytesOf, encodeRollups } from '../rollup/rows'
import type { Slices } from './slices'

export interface MadeChunk {
  /** In the order of CHUNK_INSERT but for `rollup_bytes`. */
  readonly row: readonly SqlValue[]
  /** In the order of ROLLUP_INSERT but for the chunk. */
  readonly rollups: readonly (readonly SqlValue[])[]
}

interface Samples {
  readonly series: SeriesId
  readonly length: number
  readonly time: Float64Array
  readonly value: Float64Array
}

/**
 * small: to be merged later. full: those that are full stay, the rest is merged later. lasting: equal parts, all of
 * which stay.
 */
export type Cut = 'small' | 'full' | 'lasting'

export async function chunksOf(
  { series, length, time, value }: Samples,
  cut: Cut,
  slices: Slices,
): Promise<MadeChunk[]> {
  const parts = Math.ceil(length / MAX_CHUNK_SAMPLES)
  const size = cut === 'lasting' ? Math.ceil(length / parts) : MAX_CHUNK_SAMPLES
  const made: MadeChunk[] = []
  for (let from = 0; from < length; from += size) {
    const to = Math.min(from + size, length)
    const stays = cut === 'lasting' || (cut === 'full' && to - from === MAX_CHUNK_SAMPLES)
    made.push({
      row: encodeRow(series, stays ? 1 : 0, time, value, from, to),
      rollups: stays ? encodeRollups(series, time, value, from, to) : [],
    })
    await slices.turn()
  }
  return made
}

/** Statements of one transaction. */
export class ChunkInserts {
  private constructor(
    private readonly db: Database,
    private readonly chunk: Statement,
    private readonly rollup: Statement,
  ) {}

  static async prepare(db: Database): Promise<ChunkInserts> {
    return new ChunkInserts(db, await db.prepare(CHUNK_INSERT), await db.prepare(ROLLUP_INSERT))
  }

  async run({ row, rollups }: MadeChunk): Promise<void> {
    const { lastID } = await this.chunk.run(...row.map(asBlob), bytesOf(rollups))
    for (const rollup of rollups) await this.rollup.run(lastID, ...rollup.map(asBlob))
  }

  async release(): Promise<void> {
    await this.db.release(this.chunk)
    await this.db.release(this.rollup)
  }
}

/** What comes from another thread is no Buffer any longer, and nothing else is a blob to the sqlite3 package. */
function asBlob(value: SqlValue): SqlValue {
  if (!(value instanceof Uint8Array) || value instanceof Buffer) return value
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}
