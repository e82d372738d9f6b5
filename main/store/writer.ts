/** The commit: one transaction on the one writing connection. */
import type { Commit, CursorEntry } from '../contracts'
import type { WindowResult } from '../../shared/model/results'
import type { SeriesInfo } from '../../shared/model/series'
import { toMicros } from '../../shared/model/time'
import { crc32 } from './crc32'
import { BulkInsert } from './bulk-insert'
import type { Database, SqlValue, Statement } from './database'
import { InflightTable } from './inflight'
import { encodeJournalBlock } from './journal-block'
import { writeMemoryOnly } from './memory-only'
import { CHUNKED } from './reader'
import { AlertTable } from './alert-events'
import { OutboxTable } from './outbox'
import { RejectedTable } from './rejected'

export class CommitWriter {
  private constructor(
    private readonly db: Database,
    private readonly insertBlock: Statement,
    private readonly insertSeries: BulkInsert,
    private readonly insertResults: BulkInsert,
    private readonly rejected: RejectedTable,
    private readonly alerts: AlertTable,
    private readonly outbox: OutboxTable,
    private readonly pipelineIds: ReadonlyMap<string, { readonly id: number }>,
    readonly inflight: InflightTable,
    private seq: number,
  ) {}

  static async create(db: Database, pipelineIds: ReadonlyMap<string, { readonly id: number }>): Promise<CommitWriter> {
    const last = await db.one(
      `SELECT max(coalesce((SELECT max(seq) FROM journal), 0), coalesce((SELECT max(seq) FROM snapshot), 0), ${CHUNKED}) AS seq`,
    )
    return new CommitWriter(
      db,
      await db.prepare(
        'INSERT INTO journal (seq, samples, time_min, time_max, arrival_min, arrival_max, crc, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ),
      await BulkInsert.create(
        db,
        'INSERT INTO series (id, source, name, labels, unit, display) VALUES',
        6,
        'ON CONFLICT (id) DO UPDATE SET unit = excluded.unit, display = excluded.display',
      ),
      await BulkInsert.create(
        db,
        'INSERT OR REPLACE INTO window_result (pipeline, key, start_us, end_us, number, revision, repaired, stats) VALUES',
        8,
      ),
      await RejectedTable.create(db),
      await AlertTable.create(db),
      await OutboxTable.create(db),
      pipelineIds,
      await InflightTable.create(db),
      Number(last?.['seq'] ?? 0),
    )
  }

  get lastSeq(): number {
    return this.seq
  }

  /** Small commits are one statement, which SQLite wraps by itself: a third of the round trips. */
  async write(unit: Commit): Promise<number> {
    const journal = unit.block.samples.length > 0 || unit.block.marks.length > 0
    const { inflight = [], takenBack = [], alerts = [], outbox = [], memoryOnly } = unit
    const others =
      unit.series.length +
      unit.results.length +
      unit.rejected.length +
      takenBack.length +
      alerts.length +
      outbox.length +
      unit.cursors.length +
      inflight.length
    if (others === 0 && memoryOnly === undefined) {
      if (journal) await this.writeBlock(unit)
    } else {
      await this.db.exec('BEGIN IMMEDIATE')
      try {
        await this.insertSeries.write(unit.series, seriesRow)
        if (journal) await this.writeBlock(unit)
        await this.writeResults(unit.results)
        await this.rejected.write(unit.rejected, takenBack)
        await this.alerts.write(alerts)
        await this.outbox.write(outbox)
        for (const cursor of unit.cursors) await this.writeCursor(cursor)
        if (memoryOnly !== undefined) await writeMemoryOnly(this.db, memoryOnly, this.seq)
        const covered = await this.inflight.write(this.db, inflight)
        await this.db.exec('COMMIT')
        covered()
      } catch (error) {
        await this.db.exec('ROLLBACK').catch(() => undefined)
        throw error
      }
    }
    if (journal) this.seq += 1
    return this.seq
  }

  private async writeBlock(unit: Commit): Promise<void> {
    const { samples } = unit.block
    const body = encodeJournalBlock(unit.block)
    const time = bounds(samples.time, samples.length)
    const arrival = bounds(samples.arrival, samples.length)
    await this.insertBlock.run(
      this.seq + 1,
      samples.length,
      time[0],
      time[1],
      arrival[0],
      arrival[1],
      crc32(body),
      buffer(body),
    )
  }

  private async writeResults(results: readonly WindowResult[]): Promise<void> {
    for (const result of results) {
      for (const [start, end] of result.replaces ?? [])
        await this.db.run(
          'DELETE FROM window_result WHERE pipeline = ? AND key = ? AND start_us = ? AND end_us = ?',
          this.pipelineId(result),
          result.key,
          toMicros(start),
          toMicros(end),
        )
    }
    await this.insertResults.write(results, (result) => this.resultRow(result))
  }

  private pipelineId(result: WindowResult): number {
    const known = this.pipelineIds.get(result.pipeline)
    if (known === undefined) throw new Error(`pipeline ${result.pipeline} was not defined before its first result`)
    return known.id
  }

  private resultRow(result: WindowResult): SqlValue[] {
    const values = Float64Array.from(result.values)
    return [
      this.pipelineId(result),
      result.key,
      toMicros(result.start),
      toMicros(result.end),
      result.index ?? -1,
      result.revision,
      result.repaired === true ? 1 : 0,
      Buffer.from(values.buffer),
    ]
  }

  private async writeCursor(cursor: CursorEntry): Promise<void> {
    await this.db.run(
      'INSERT OR REPLACE INTO cursor (source, partition, value) VALUES (?, ?, ?)',
      cursor.source,
      cursor.partition,
      cursor.value,
    )
  }
}

function seriesRow(series: SeriesInfo): SqlValue[] {
  return [series.id, series.source, series.name, labelsText(series.labels), series.unit ?? null, series.display ?? null]
}

/** Labels with their names sorted, so that equal labels are equal texts. */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))))
}

/** sqlite3 binds Buffers as BLOBs; a plain Uint8Array would be stored as text. */
function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Smallest and largest of a column in microseconds; nulls where it is empty. */
function bounds(column: Float64Array, length: number): [number | null, number | null] {
  if (length === 0) return [null, null]
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < length; i++) {
    const value = column[i] as number
    if (value < low) low = value
    if (value > high) high = value
  }
  return [toMicros(low), toMicros(high)]
}
