/**
 * Imports a CSV that Weir exported, batch by batch. Each batch is durable as a whole, and what is stored already is not
 * stored again: an import that was cancelled or cut off is completed by importing the file again.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Rejected } from '../../contracts'
import type { ImportTarget } from '../../pipeline/import-target'
import type { ImportCounts } from '../../../shared/ipc/export'
import { SampleBuffer } from '../../../shared/model/samples'
import { ImportError, parseHeader } from './header'
import { knownSamples } from './known'
import { RowReader } from './row-reader'
import { RowCutter } from './rows'
import type { CsvRow } from './rows'

const BATCH_SAMPLES = 131_072
const PROBLEMS_KEPT = 20

export interface ImportControl {
  readonly cancelled: AbortSignal
  progress(counts: ImportCounts, share: number): void
}

/**
 * @returns what became of its rows; where it was cancelled, of those up to then.
 * @throws ImportError where the file is none of Weir's, or is not UTF-8; Error of the file system
 */
export async function importFile(target: ImportTarget, path: string, control: ImportControl): Promise<ImportCounts> {
  const { size } = await stat(path)
  const batch = new Batch(target)
  let reader: RowReader | null = null
  for await (const { rows, bytes } of pieces(path)) {
    for (const row of rows) {
      if (reader === null) reader = new RowReader(parseHeader(row.text), (key, unit) => target.series(key, unit))
      else if (batch.add(row, reader)) await batch.flush()
      if (control.cancelled.aborted) return batch.counts
    }
    control.progress(batch.counts, size === 0 ? 1 : bytes / size)
    await new Promise(setImmediate)
  }
  if (reader === null) throw new ImportError(`${path} is empty`)
  await batch.flushAll()
  return batch.counts
}

/** The rows of each piece of the file, and how many bytes were read with it. */
export async function* pieces(
  path: string,
): AsyncGenerator<{ readonly rows: Iterable<CsvRow>; readonly bytes: number }> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const cutter = new RowCutter()
  let bytes = 0
  const decode = (piece?: Uint8Array): string => {
    try {
      return decoder.decode(piece, { stream: piece !== undefined })
    } catch {
      throw new ImportError(`${path} is not UTF-8 text`)
    }
  }
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    bytes += piece.length
    yield { rows: cutter.cut(decode(piece), false), bytes }
  }
  yield { rows: cutter.cut(decode(), true), bytes }
}

/** Samples until they are many enough for a commit; samples of one time stay together, so that equal ones are counted. */
class Batch {
  private samples = new SampleBuffer(BATCH_SAMPLES)
  private added = 0
  private known = 0
  private rejected = 0
  private readonly problems: { line: number; reason: string }[] = []
  /** Where the last row's samples begin. */
  private lastRow = 0

  constructor(private readonly target: ImportTarget) {}

  get counts(): ImportCounts {
    const { added, known, rejected } = this
    return { added, known, rejected, problems: [...this.problems] }
  }

  /** @returns true where there is enough for a commit. */
  add({ line, text }: CsvRow, reader: RowReader): boolean {
    if (text === '') return false
    this.lastRow = this.samples.length
    try {
      reader.read(text, this.samples, Date.now())
    } catch (error) {
      if (!(error instanceof Rejected)) throw error
      this.rejected += 1
      if (this.problems.length < PROBLEMS_KEPT) this.problems.push({ line, reason: error.message })
    }
    const { time, length } = this.samples
    return this.lastRow >= BATCH_SAMPLES && length > this.lastRow && time[this.lastRow] !== time[this.lastRow - 1]
  }

  /** All but the last row. */
  async flush(): Promise<void> {
    const { samples, lastRow } = this
    this.samples = new SampleBuffer(BATCH_SAMPLES)
    this.samples.append(samples, lastRow)
    samples.length = lastRow
    await this.store(samples)
  }

  async flushAll(): Promise<void> {
    const { samples } = this
    this.samples = new SampleBuffer(1)
    await this.store(samples)
  }

  private async store(samples: SampleBuffer): Promise<void> {
    if (samples.length === 0) return
    const known = await knownSamples(this.target.stored, samples)
    const fresh = new SampleBuffer(samples.length)
    for (let i = 0; i < samples.length; i++) if (known[i] === 0) fresh.append(samples, i, i + 1)
    if (fresh.length > 0) await this.target.commit(fresh)
    this.added += fresh.length
    this.known += samples.length - fresh.length
  }
}
