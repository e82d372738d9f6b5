/** The first real input: an industrial machine's temperature, through a real broker, to SQLite, windows and CSV. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../main/engine/engine'
import { exportFormat } from '../../shared/config/export'
import { mqttSource, readText, startEngine, storedResults, storedSamples } from './support/engine'
import { mosquittoMissing, startMosquitto } from './support/mosquitto'
import type { Mosquitto } from './support/mosquitto'
import { temporaryFolder, until } from './support/world'

const FILE = resolve('../shared/data/nab/realKnownCause/machine_temperature_system_failure.csv')
const skipped = !existsSync(FILE)
  ? 'the folder ../shared/data/nab is absent'
  : mosquittoMissing
    ? 'mosquitto is not installed'
    : ''

interface Row {
  readonly time: number
  readonly text: string
  readonly value: number
}

function rows(): Row[] {
  return readFileSync(FILE, 'utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => {
      const [text = '', value = ''] = line.split(',')
      return { text, time: Date.parse(`${text.replace(' ', 'T')}Z`), value: Number(value) }
    })
}

async function publish(url: string, data: readonly Row[]): Promise<void> {
  const client = await connectAsync(url)
  for (const { text, value } of data)
    await client.publishAsync('plant/machine', JSON.stringify({ timestamp: text, value }), { qos: 1 })
  await client.endAsync()
}

describe.skipIf(skipped !== '')(
  `machine temperature, row by row at QoS 1${skipped && ` (skipped: ${skipped})`}`,
  () => {
    let engine: Engine | undefined
    let broker: Mosquitto | undefined
    afterEach(async () => {
      await engine?.stop()
      await broker?.stop()
    })

    it('is complete in SQLite, in its windows, on the chart and in the CSV', async () => {
      const data = rows()
      broker = await startMosquitto()
      const folder = await temporaryFolder()
      const window = { kind: 'tumbling', size: '10m' } as const
      engine = await startEngine(folder, {
        sources: [mqttSource(broker.url, { time: { field: 'timestamp', format: 'iso' } })],
        pipelines: [
          { id: 'strict', name: 'no disorder', source: 'plant', window },
          { id: 'patient', name: '1 h of disorder', source: 'plant', window, time: { outOfOrderness: '1h' } },
        ],
      })
      await until(() => engine?.runtime.runners.get('plant')?.current.state === 'live', 'the source is live')
      const running = engine
      await publish(broker.url, data)
      await until(() => running.runtime.storedSamples >= data.length, 'all readings are stored')

      // Every reading, also the 12 times that occur twice.
      const stored = await storedSamples(engine)
      expect(stored).toHaveLength(22_695)
      const ordered = [...data].sort((a, b) => a.time - b.time)
      expect(stored.map(({ time, value }) => [time, value])).toEqual(ordered.map(({ time, value }) => [time, value]))
      expect(new Set(stored.map(({ time }) => time)).size).toBe(22_695 - 12)

      // 10 late without an allowance, none with an hour; both pipelines count at the source.
      expect(lateCount(data, 0)).toBe(10)
      expect(lateCount(data, 3_600_000)).toBe(0)
      expect(running.runtime.runners.get('plant')?.late).toBe(10)
      const patient = await storedResults(engine, 'patient')
      expect(patient.length).toBeGreaterThan(11_000)
      const count = running.runtime.store.aggregates('patient').indexOf('count')
      const mean = running.runtime.store.aggregates('patient').indexOf('mean')
      const expected = naiveWindows(data, 600_000)
      for (const result of patient) {
        const twin = expected.get(result.start) as { count: number; mean: number }
        expect(result.values[count]).toBe(twin.count)
        expect(result.values[mean]).toBeCloseTo(twin.mean, 9)
      }

      // The CSV equals the file.
      const path = join(folder, 'export.csv')
      const done = new Promise<void>((resolveDone, reject) => {
        running.listen((event, progress) => {
          if (event !== 'export' || !('state' in progress)) return
          if (progress.state === 'done') resolveDone()
          if (progress.state === 'failed') reject(new Error('reason' in progress ? String(progress.reason) : ''))
        })
      })
      running.startExport(
        {
          series: [1],
          from: null,
          to: null,
          content: 'raw',
          layout: 'long',
          format: exportFormat.parse({ kind: 'csv' }),
        },
        path,
      )
      await done
      const lines = (await readText(path)).trim().split('\r\n')
      expect(lines[0]).toBe('source,series,topic,time,value,unit')
      const exported = lines.slice(1).map((line) => line.split(','))
      const byTime = data.map((row, i) => ({ ...row, i })).sort((a, b) => a.time - b.time || a.i - b.i)
      expect(exported.map((cells) => [Date.parse(cells[3] as string), Number(cells[4])])).toEqual(
        byTime.map(({ time, value }) => [time, value]),
      )

      // The chart, in the data's own time (2014): the extremes of all readings are drawn.
      const frame = await firstFrame(running)
      expect(frame.to).toBe(Math.max(...data.map(({ time }) => time)))
      expect(frame.series[0]?.count).toBe(22_695)
      expect(frame.series[0]?.min).toBe(Math.min(...data.map(({ value }) => value)))
      expect(frame.series[0]?.max).toBe(Math.max(...data.map(({ value }) => value)))
    })
  },
)

function naiveWindows(data: readonly Row[], size: number): Map<number, { count: number; mean: number }> {
  const groups = new Map<number, number[]>()
  for (const { time, value } of data) {
    const start = Math.floor(time / size) * size
    groups.set(start, [...(groups.get(start) ?? []), value])
  }
  return new Map(
    [...groups].map(([start, values]) => [
      start,
      { count: values.length, mean: values.reduce((a, b) => a + b, 0) / values.length },
    ]),
  )
}

/** Late readings by the definition: `end ≤ W` when they arrive. */
function lateCount(data: readonly Row[], outOfOrderness: number): number {
  let newest = -Infinity
  let late = 0
  for (const { time } of data) {
    if (Math.floor(time / 600_000) * 600_000 + 600_000 <= newest - outOfOrderness) late += 1
    newest = Math.max(newest, time)
  }
  return late
}

function firstFrame(engine: Engine): Promise<import('../../shared/ipc/engine').Frame> {
  return new Promise((resolveFrame) => {
    engine.views.open({ ready: () => true, send: resolveFrame }, 1, {
      series: [1],
      windows: true,
      range: { kind: 'live', span: 100 * 86_400_000 },
      width: 800,
      rate: 5,
    })
  })
}
