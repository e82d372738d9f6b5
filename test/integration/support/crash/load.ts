/** What is sent in a crash rehearsal: every reading follows from its number, so that what is stored can be told. */
import { appendFileSync, existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import type { SourceInput } from '../../../../shared/config/workspace'
import type { TestWorkspace } from '../engine'
import { mqttSource } from '../engine'

export interface Reading {
  readonly key: string
  readonly time: number
  readonly value: number
}

export const START = 1_700_000_000_000
export const DEVICES = 20
const PER_SECOND = 1500
const LINES_PER_SECOND = 1500
const LINES_A_FILE = 20_000
/** Readings of a device that lie between two pauses, so that sessions end. */
const RUN = 60
/** Later than this nothing comes out of order. */
const AFTER_ALL = 3_600_000

export const deviceOf = (n: number): number => n % DEVICES

/** Out of order by up to 700 ms: windows fire, and fire again within the allowed lateness; none is missed. */
export function deviceReading(n: number): Reading {
  const step = Math.floor(n / DEVICES)
  const time = START + step * 40 + Math.floor(step / RUN) * 3000 - ((n * 7919) % 8) * 100
  return { key: `d${deviceOf(n)}`, time, value: n }
}

/** The last of each device, after `count` readings: the windows before it close. */
export function closingReading(device: number, count: number): Reading {
  return { key: `d${device}`, time: closingTime(count), value: -1 - device }
}

export const closingTime = (count: number): number => deviceReading(count).time + AFTER_ALL

export const DEVICE_TIMING = { outOfOrderness: '300ms', allowedLateness: '600ms', closeWhenQuiet: false }

export const DEVICE_PIPELINES = {
  tumbling: {
    window: { kind: 'tumbling', size: '1s' },
    aggregates: ['count', 'sum', 'mean', 'min', 'max', 'first', 'last', 'stddevSamp', 'p95'],
  },
  hopping: { window: { kind: 'hopping', size: '2s', slide: '500ms' }, aggregates: ['count', 'sum', 'max'] },
  session: { window: { kind: 'session', gap: '2s' }, aggregates: ['count', 'sum', 'last'] },
  count: { window: { kind: 'count', size: 50, slide: 20 }, aggregates: ['count', 'sum', 'median'] },
} as const

export const FILE_SOURCE = 'machine'
export const FILE_PIPELINE = {
  window: { kind: 'tumbling', size: '10s' },
  aggregates: ['count', 'sum', 'min', 'max'],
} as const

/** Numbered readings over MQTT at QoS 1 until it is told to stop. */
export class DeviceFeed {
  sent = 0
  private ended = false
  private running: Promise<void> | undefined

  static async start(url: string): Promise<DeviceFeed> {
    const feed = new DeviceFeed()
    const client = await connectAsync(url, { protocolVersion: 4 })
    feed.running = feed
      .run(async ({ key, ...reading }) => {
        await client.publishAsync(`plant/${key}`, JSON.stringify({ ts: reading.time, n: reading.value }), { qos: 1 })
      })
      .finally(() => client.endAsync())
    return feed
  }

  private async run(publish: (reading: Reading) => Promise<void>): Promise<void> {
    const waiting = new Set<Promise<void>>()
    const send = (reading: Reading) => {
      const done = publish(reading).finally(() => waiting.delete(done))
      waiting.add(done)
    }
    for (const started = performance.now(); !this.ended;) {
      const due = Math.floor(((performance.now() - started) * PER_SECOND) / 1000)
      while (this.sent < due) send(deviceReading(this.sent++))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    for (let device = 0; device < DEVICES; device++) send(closingReading(device, this.sent))
    await Promise.all(waiting)
  }

  /** @returns how many readings the broker acknowledged, the closing ones not among them */
  async stop(): Promise<number> {
    this.ended = true
    await this.running
    return this.sent
  }
}

/** Lines of a file that the engine follows, written until it is told to stop; the file is rotated by renaming. */
export class FileFeed {
  lines = 0
  readonly source: SourceInput
  private readonly path: string
  private timer: NodeJS.Timeout | undefined

  constructor(folder: string) {
    this.path = join(folder, 'machine.ndjson')
    const connection = { kind: 'file', path: this.path, format: 'ndjson', mode: 'follow', from: 'start' }
    this.source = {
      id: FILE_SOURCE,
      name: FILE_SOURCE,
      connection,
      time: { field: 'ts' },
      decoding: { fields: [{ path: 'v' }] },
    } as SourceInput
    writeFileSync(this.path, '')
  }

  start(): void {
    const started = performance.now()
    this.timer = setInterval(() => {
      const due = Math.floor(((performance.now() - started) * LINES_PER_SECOND) / 1000)
      for (; this.lines < due; this.lines++) {
        if (this.lines % LINES_A_FILE === LINES_A_FILE - 1) this.rotate()
        this.append(fileReading(this.lines))
      }
    }, 10)
  }

  /** Its last line closes the windows before. @returns how many there were before that */
  stop(): number {
    if (this.timer === undefined) return this.lines
    clearInterval(this.timer)
    this.timer = undefined
    this.append(closingLine(this.lines))
    return this.lines
  }

  private append({ time, value }: Reading): void {
    appendFileSync(this.path, `{"ts":${time},"v":${value}}\n`)
  }

  private rotate(): void {
    for (let n = 8; n >= 1; n--)
      if (existsSync(`${this.path}.${n}`)) renameSync(`${this.path}.${n}`, `${this.path}.${n + 1}`)
    renameSync(this.path, `${this.path}.1`)
    writeFileSync(this.path, '')
  }
}

export const fileReading = (v: number): Reading => ({ key: 'v', time: START + v * 10, value: v })
export const closingLine = (lines: number): Reading => ({ key: 'v', time: START + lines * 10 + AFTER_ALL, value: -1 })

export function loadSetup(url: string, files: FileFeed): TestWorkspace {
  const devices = mqttSource(url, { time: { field: 'ts' }, decoding: { fields: [{ path: 'n' }] } })
  return {
    sources: [devices, files.source],
    pipelines: [
      ...Object.entries(DEVICE_PIPELINES).map(([id, { window, aggregates }]) => ({
        ...{ id, name: id, source: 'plant', window, aggregates: [...aggregates], time: DEVICE_TIMING },
      })),
      {
        ...{ id: FILE_SOURCE, name: FILE_SOURCE, source: FILE_SOURCE, time: DEVICE_TIMING },
        ...{ window: FILE_PIPELINE.window, aggregates: [...FILE_PIPELINE.aggregates] },
      },
    ],
  }
}
