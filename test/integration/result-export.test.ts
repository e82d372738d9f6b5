/** CSV of the results of pipelines, out of a real engine and file. */
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterEach, describe, expect, it } from 'vitest'
import { exportFile, storedTable } from '../../main/engine/export/export'
import type { Engine } from '../../main/engine/engine'
import { exportFormat } from '../../shared/config/export'
import { exportQuery } from '../../shared/ipc/export'
import type { ResultExport } from '../../shared/ipc/export'
import { TO_THE_END, startEngine, storedResults } from './support/engine'
import { mosquittoMissing, startMosquitto } from './support/mosquitto'
import type { Mosquitto } from './support/mosquitto'
import { START, plantPipelines, plantSource, publish } from './support/plant'
import { temporaryFolder, until } from './support/world'

describe.skipIf(mosquittoMissing)('results', () => {
  let broker: Mosquitto | undefined
  let engine: Engine | undefined
  afterEach(async () => {
    await engine?.stop()
    await broker?.stop()
  })

  it('are exported: whose they are in columns, every statistic, all keys or some', async () => {
    broker = await startMosquitto({ config: ['max_queued_messages 0'] })
    const folder = await temporaryFolder()
    engine = await startEngine(folder, { sources: [plantSource(broker.url)], pipelines: plantPipelines })
    const running = engine
    await until(() => running.runtime.runners.get('plant')?.current.state === 'live', 'the source is live')
    const client = await connectAsync(broker.url)
    await publish(client, 0, 41)
    await client.endAsync()
    await until(() => running.runtime.storedSamples >= 41 * 6, 'all readings are stored')
    await until(async () => (await storedResults(running, 'seconds')).length >= 2, 'results of results are stored')
    const keys = await running.runtime.results.keys('power')
    const fan = keys.find(({ labels }) => labels['device'] === 'fan')!
    const exported = async (query: Omit<ResultExport, 'content' | 'format'>) => {
      const path = join(folder, 'results.csv')
      const format = exportFormat.parse({ kind: 'csv', time: 'epoch' })
      const table = await storedTable(running.runtime, { content: 'windows', format, ...query })
      const rows = await exportFile(table, format, path, TO_THE_END)
      const lines = (await readFile(path, 'utf8')).trimEnd().split('\r\n')
      expect(rows).toBe(lines.length - 1)
      return lines
    }

    const all = await exported({ results: [{ pipeline: 'power', keys: null }], from: null, to: null })
    expect(all[0]).toBe('pipeline,source,series,device,hall,start_ms,end_ms,revision,count,mean,integral,unit')
    expect(all).toHaveLength(1 + 3 * 4)
    const stored = (await storedResults(running, 'power')).filter(({ key }) => key === fan.id)
    expect(all.filter((line) => line.includes(',fan,'))).toEqual(
      stored.map(
        ({ start, end, revision, values }) =>
          `power,plant,power,fan,south,${start},${end},${revision},${[...values].join(',')},W`,
      ),
    )

    const some = await exported({
      results: [
        { pipeline: 'power', keys: [fan.id] },
        { pipeline: 'seconds', keys: null },
      ],
      from: START + 600,
      to: START + 900,
    })
    expect(some).toEqual([
      'pipeline,source,series,device,hall,start_ms,end_ms,revision,count,mean,integral,sum,max,unit',
      expect.stringMatching(`^power,plant,power,fan,south,${START + 500},${START + 1000},`),
      expect.stringMatching(`^seconds,plant,group,,north,${START},${START + 2000},[0-9]+,4,,,`),
      expect.stringMatching(`^seconds,plant,group,,south,${START},${START + 2000},[0-9]+,8,,,`),
    ])
    const gone = exported({ results: [{ pipeline: 'gone', keys: null }], from: null, to: null })
    await expect(gone).rejects.toThrow('there is no pipeline gone')
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })
})

describe('what is asked of an export', () => {
  const range = { from: null, to: null }
  it.each([
    { content: 'raw', series: [], ...range },
    { content: 'raw', results: [{ pipeline: 'power', keys: null }], ...range },
    { content: 'windows', results: [], ...range },
    { content: 'windows', results: [{ pipeline: 'power', keys: [] }], ...range },
    { content: 'windows', series: [1], ...range },
  ])('has something in it: %j', (query) => expect(exportQuery.safeParse(query).success).toBe(false))
  it('is readings of series, or results of pipelines', () => {
    const query = exportQuery.parse({ content: 'windows', results: [{ pipeline: 'p', keys: [1] }], ...range })
    expect(query.format).toEqual({
      kind: 'csv',
      time: 'iso',
      zone: 'UTC',
      decimalComma: false,
      bom: false,
      unit: true,
      guard: true,
    })
  })
})
