/** A file that is replayed once from where it stopped, at a pace or as fast as the engine takes it, or followed. */
import { open } from 'node:fs/promises'
import type { RawRecord, RecordSink, Source } from '../contracts'
import type { FileConnection } from '../../shared/config/sources/file'
import { fileFailure } from './file-errors'
import { FileFollower } from './file-follow'
import { Pace } from './file-pace'
import type { TimeOf } from './file-pace'
import { continues, decodePosition } from './file-position'
import { BEGINNING, FileReader } from './file-reader'
import { pause } from '../connections/reconnect'

/** Longer ones overflow and fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
const SPEEDS = { '1x': 1, '10x': 10, '100x': 100, max: Infinity } as const

export class FileSource implements Source {
  readonly finite: boolean

  constructor(
    private readonly config: FileConnection,
    private readonly timeOf: TimeOf,
  ) {
    this.finite = config.mode === 'replay'
  }

  async run(out: RecordSink, resume: ReadonlyMap<string, string>, stop: AbortSignal): Promise<void> {
    if (this.finite) await this.replay(out, resume.get(''), stop)
    else await new FileFollower(this.config, out, stop, resume.get('')).run()
  }

  private async replay(out: RecordSink, cursor: string | undefined, stop: AbortSignal): Promise<void> {
    const { path, format } = this.config
    out.state({ state: 'connecting' })
    let reader: FileReader | undefined
    try {
      const handle = await open(path, 'r')
      const position = decodePosition(cursor)
      const known = position !== undefined && (await continues(handle, position))
      reader = await FileReader.open(handle, format !== 'ndjson', known ? position : BEGINNING)
      out.state({ state: 'live' })
      await this.play(reader, out, stop)
      if (!stop.aborted) out.state({ state: 'finished' })
    } catch (error) {
      out.state({ state: 'failed', reason: fileFailure(error, path), hint: path })
    } finally {
      await reader?.close()
    }
  }

  private async play(reader: FileReader, out: RecordSink, stop: AbortSignal): Promise<void> {
    const speed = SPEEDS[this.config.speed]
    const pace = speed === Infinity ? null : new Pace(speed, this.timeOf)
    while (!stop.aborted) {
      let waiting = false
      const due = (record: RawRecord): boolean => !(waiting = pace?.isDue(record, performance.now()) === false)
      const batch = await reader.read(true, pace === null ? undefined : due)
      if (batch !== null) await out.write({ ...batch, partition: '' })
      if (pace !== null && waiting) await pause(Math.min(pace.wait, LONGEST_TIMER_MS), stop)
      else if (batch === null) return
    }
  }
}
