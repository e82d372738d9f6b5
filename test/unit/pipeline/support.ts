/** Pipelines on readings in memory: what they fire, in words. */
import { createSourcePipelines } from '../../../main/pipeline/source-pipelines'
import type { SourcePipelines } from '../../../main/pipeline/source-pipelines'
import { SeriesRegistry } from '../../../main/pipeline/series-registry'
import { pipeline } from '../../../shared/config/pipeline'
import type { Pipeline } from '../../../shared/config/pipeline'
import type { WindowResult } from '../../../shared/model/results'
import { SampleBuffer } from '../../../shared/model/samples'
import { formatSeries } from '../../../shared/model/series'
import type { z } from 'zod'

export type PipelineInput = Partial<z.input<typeof pipeline>> & { readonly id: string }

/** Of source `s`, unless it says what it reads. */
export function parsePipelines(entries: readonly PipelineInput[]): Pipeline[] {
  return entries.map((entry) =>
    pipeline.parse({
      name: entry.id,
      window: { kind: 'tumbling', size: '10ms' },
      aggregates: ['count', 'sum'],
      ...(entry.upstream === undefined ? { source: 's' } : {}),
      ...entry,
    }),
  )
}

/** `name`, `name{label="value"}` as JSON labels, at a time with a value. */
export type Reading = readonly [
  name: string,
  time: number,
  value: number,
  labels?: Readonly<Record<string, string>>,
  partition?: string,
]

export class Bench {
  readonly registry = new SeriesRegistry()
  readonly results: WindowResult[] = []
  readonly rows: string[] = []
  pipelines: SourcePipelines
  private readonly configs: readonly Pipeline[]
  private now = 0

  constructor(
    entries: readonly PipelineInput[],
    private readonly mode: 'live' | 'replay' = 'replay',
  ) {
    this.configs = parsePipelines(entries)
    this.pipelines = this.make()
  }

  private make(): SourcePipelines {
    const made = createSourcePipelines('s', this.configs, { registry: this.registry, mode: this.mode })
    made.sink = {
      fire: (result) => {
        const { pipeline: id, key, start, end, index, revision, values } = result
        const info = this.registry.info(key)
        const at = index === undefined ? `[${start},${end})` : `#${index}`
        const shown = [...values].map((v) => (Number.isNaN(v) ? 'null' : String(Number(v.toPrecision(12))))).join(' ')
        this.results.push(result)
        this.rows.push(
          `${id} ${info === undefined ? key : formatSeries(info)} ${at}${revision > 0 ? ` r${revision}` : ''}=${shown}`,
        )
      },
      late: (id) => void this.rows.push(`late ${id}`),
      mark: (mark) => void this.marks.push(mark),
    }
    return made
  }

  readonly marks: Parameters<SourcePipelines['applyMark']>[0][] = []

  /** One batch per partition in a row, as a source would send them. */
  send(...readings: readonly Reading[]): this {
    const batch = new SampleBuffer(16)
    let partition = ''
    const flush = () => {
      if (batch.length > 0) this.pipelines.process(batch, partition, this.now)
      batch.clear()
    }
    for (const [name, time, value, labels = {}, from = ''] of readings) {
      if (from !== partition) flush()
      partition = from
      batch.push(this.registry.resolve('s', { name, labels, id: undefined }), time, value, 0)
    }
    flush()
    return this
  }

  /** The monotonic clock goes on to `ms`, with a tick every second. */
  until(ms: number): this {
    while (this.now < ms) {
      this.now = Math.min(ms, this.now + 1000)
      this.pipelines.tick(this.now)
    }
    return this
  }

  live(): this {
    this.pipelines.setLive(true, this.now)
    return this
  }

  end(): this {
    this.pipelines.end()
    return this
  }

  /** All state through a snapshot into new operators. */
  restart(): this {
    const states = this.pipelines.nodes.flatMap((node) => node.snapshot())
    this.pipelines = this.make()
    for (const node of this.pipelines.nodes) node.restore((name) => states.find((entry) => entry.name === name)?.state)
    return this
  }

  take(): string[] {
    return this.rows.splice(0)
  }
}
