import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { replayCommand } from '../../../main/cli/replay'
import { replay, type ReplaySummary } from '../../../main/pipeline/replay'
import { ReplayError } from '../../../main/pipeline/replay-config'

interface Row {
  key: string
  start: number
  end: number
  [statistic: string]: unknown
}

async function run(
  config: object,
  input: string | Uint8Array,
  { sort = false, chunk = 1 << 20 } = {},
): Promise<{ rows: Row[]; text: string; summary: ReplaySummary }> {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let from = 0; from < bytes.length; from += chunk) yield bytes.subarray(from, from + chunk)
  }
  let text = ''
  const summary = await replay({
    config: JSON.stringify(config),
    configName: 'c.json',
    input: pieces(),
    inputName: 'in',
    output: async (more) => void (text += more),
    sortByTime: sort,
  })
  const rows = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row)
  return { rows, text, summary }
}

const event = (time: unknown, value: unknown, key = 's1'): string => `${JSON.stringify({ key, time, value })}\n`
const tumbling = { window: { kind: 'tumbling', size: '10ms' }, time: { clock: 'source' }, aggregates: ['count', 'sum'] }

describe('input', () => {
  test('rows in the order of firing, in the form promised', async () => {
    const { text, summary } = await run(tumbling, event(1, 0.1) + event(2, 0.2) + event(10, 1, 's"2') + event(21, 3))
    expect(text).toBe(
      '{"key":"s1","start":0,"end":10,"revision":0,"count":2,"sum":0.30000000000000004}\n' +
        '{"key":"s\\"2","start":10,"end":20,"revision":0,"count":1,"sum":1}\n' +
        '{"key":"s1","start":20,"end":30,"revision":0,"count":1,"sum":3}\n',
    )
    expect(summary).toEqual({ events: 4, late: {}, unassigned: {}, missing: {}, rejected: 0 })
  })

  test('a figure along each series, in the order of its times', async () => {
    const config = {
      ...tumbling,
      along: { figure: 'cumulative-sum' },
      window: { kind: 'count', size: 1 },
      time: { clock: 'source', outOfOrderness: '5ms' },
      aggregates: ['last'],
    }
    const { rows, summary } = await run(
      config,
      event(3, 100) + event(1, 1) + event(20, 10) + event(2, 5) + event(20, 7, 'b'),
    )
    expect(rows.map(({ key, last }) => [key, last])).toEqual([
      ['s1', 1],
      ['s1', 101],
      ['b', 7],
      ['s1', 111],
    ])
    expect(summary.late).toEqual({ s1: 1 })
    const whole = { ...tumbling, along: { figure: 'ewma', over: '0s' } }
    await expect(run(whole, '')).rejects.toThrow(/c.json: along.over: must be a duration/)
  })

  test('a numeric time is milliseconds whatever its magnitude', async () => {
    const { rows } = await run(tumbling, event(-1, 1) + event(1e17, 1))
    expect(rows.map(({ start }) => start)).toEqual([-10, 1e17])
  })

  test('ISO 8601 times, UTC where they name no zone', async () => {
    const config = { ...tumbling, window: { kind: 'tumbling', size: '1s' } }
    const { rows } = await run(
      config,
      event('1970-01-01T00:00:01Z', 1) + event('1970-01-01T00:00:02', 1) + event('1970-01-01T02:00:03+02:00', 1),
    )
    expect(rows.map(({ start }) => start)).toEqual([1000, 2000, 3000])
  })

  test('null, 1e400 and empty fields are gaps, counted and never zero', async () => {
    const gaps = await run(
      { ...tumbling, aggregates: ['count', 'missing'] },
      '{"key":"s1","time":1,"value":1e400}\n' + event(2, null) + event(3, 5),
    )
    expect(gaps.rows).toEqual([{ key: 's1', start: 0, end: 10, revision: 0, count: 1, missing: 2 }])
    expect(gaps.summary.missing).toEqual({ s1: 2 })
    const csv = await run(tumbling, 'key,time,value\ns1,1,\ns1,2,NaN\ns1,3,4\n')
    expect(csv.rows.map(({ sum }) => sum)).toEqual([4])
    expect(csv.summary.missing).toEqual({ s1: 2 })
  })

  test('bad lines are rejected, counted and skipped', async () => {
    const bad = [
      '{',
      '[]',
      'null',
      '7',
      '{"key":"a","time":"yesterday","value":1}',
      '{"key":"a","time":1,"value":"2"}',
      '{"time":1,"value":2}',
      '{"key":"a","value":2}',
      '{"key":"a","time":01,"value":2}',
      '{"key":"a","time":1,"value":2}}',
      '{"key":"a","time":1,"value":2.}',
      '{"key":"a","time":1,"value":true}',
    ]
    const { summary, rows } = await run(tumbling, `${event(1, 1)}${bad.join('\n')}\n\n${event(2, 2)}`)
    expect(summary).toMatchObject({ events: 2, rejected: bad.length })
    expect(rows).toMatchObject([{ count: 2, sum: 3 }])
  })

  test('invalid UTF-8 is rejected, not replaced', async () => {
    const broken = Buffer.concat([
      Buffer.from(event(1, 1)),
      Buffer.from('{"key":"'),
      Buffer.from([0xff]),
      Buffer.from('","time":1,"value":1}\n'),
    ])
    expect((await run(tumbling, broken)).summary).toMatchObject({ events: 1, rejected: 1 })
  })

  test('a line too long to be an event is rejected without being kept', async () => {
    const { summary } = await run(
      tumbling,
      `${event(1, 1)}{"key":"${'x'.repeat(3 << 20)}","time":1,"value":1}\n${event(2, 1)}`,
      { chunk: 65_536 },
    )
    expect(summary).toMatchObject({ events: 2, rejected: 1 })
  })

  test('order of fields, spaces, escapes, CRLF, a byte order mark, no last newline', async () => {
    const lines = [
      '\uFEFF{"value": 1, "time" : 1 , "key":"a"}',
      '{"key":"\\u0061","time":2,"value":2}',
      '{"key":"a","time":3,"value":3,"unit":"°C"}',
      '{"key":"a","time":4,"value":-4.5e0}',
      '\t{"key":"a","partition":"p","time":5,"value":5}',
    ]
    const { rows, summary } = await run(tumbling, lines.join('\r\n'))
    expect(summary.rejected).toBe(0)
    expect(rows).toMatchObject([{ key: 'a', count: 5, sum: 6.5 }])
  })

  test('numbers are read exactly as JSON.parse reads them', async () => {
    const values = [
      '0.1',
      '123456789012345',
      '1234567890123456789',
      '0.000001',
      '1.005',
      '-0',
      '9007199254740993',
      '0.30000000000000004',
      '99.99',
      '1e-7',
      '1.7976931348623157e308',
      '5e-324',
      '-12.5',
    ]
    for (const value of values) {
      const { rows } = await run({ ...tumbling, aggregates: ['max'] }, `{"key":"a","time":1,"value":${value}}\n`)
      expect(rows[0]?.['max'], value).toBe(JSON.parse(value) + 0)
    }
  })

  test('the pieces that the input comes in make no difference', async () => {
    let input = ''
    for (let i = 0; i < 300; i++) input += event(i - ((i * 7) % 13), i * 1.1, `säule ${i % 7}`)
    const whole = await run(tumbling, input)
    for (const chunk of [1, 2, 7, 64, 1000]) expect((await run(tumbling, input, { chunk })).text).toBe(whole.text)
  })

  test('CSV: columns in any order, quotes, labels', async () => {
    const config = { ...tumbling, groupBy: ['site'] }
    const { rows, summary } = await run(
      config,
      'site,value,time,key\n"Hall ""A"", north",1,1,s1\nB,2,2,s2\nB,x,3,s2\nB,3\n',
    )
    expect(summary).toMatchObject({ events: 2, rejected: 2 })
    expect(rows).toMatchObject([
      { key: 'B', sum: 2 },
      { key: 'Hall "A", north', sum: 1 },
    ])
  })

  test('an output that fails in mid-run is named, not the input', async () => {
    const input = Array.from({ length: 10_000 }, (_, i) => event(i * 10_000, i)).join('')
    const replayed = replay({
      config: JSON.stringify({ window: { kind: 'tumbling', size: '10s' }, aggregates: ['count'] }),
      configName: 'c.json',
      input: [Buffer.from(input), Buffer.from(event(1e9, 1))] as unknown as AsyncIterable<Uint8Array>,
      inputName: 'in',
      output: () => Promise.reject(new ReplayError('out: cannot be written (ENOSPC)')),
      sortByTime: false,
    })
    await expect(replayed).rejects.toThrow('out: cannot be written (ENOSPC)')
  })

  test('an empty input has no results', async () => {
    expect((await run(tumbling, '')).summary).toEqual({ events: 0, late: {}, unassigned: {}, missing: {}, rejected: 0 })
  })
})

describe('the run', () => {
  test('late events are counted by series', async () => {
    const { summary } = await run(tumbling, event(1, 1) + event(50, 1) + event(2, 1, 's2') + event(3, 1))
    expect(summary.late).toEqual({ s1: 1, s2: 1 })
  })

  test('events in a hole are counted as unassigned', async () => {
    const { summary } = await run({ ...tumbling, window: { kind: 'hopping', size: '5ms', slide: '10ms' } }, event(7, 1))
    expect(summary.unassigned).toEqual({ s1: 1 })
  })

  test('--sort time: nothing is late, ties as they come', async () => {
    const input = event(25, 1) + event(1, 1) + event(12, 3) + event(12, 4)
    const { rows, summary } = await run({ ...tumbling, aggregates: ['first', 'last'] }, input, { sort: true })
    expect(summary.late).toEqual({})
    expect(rows.map(({ start, first, last }) => [start, first, last])).toEqual([
      [0, 1, 1],
      [10, 3, 4],
      [20, 1, 1],
    ])
  })

  test('clock source waits for the slowest partition seen so far', async () => {
    const line = (time: number, partition: string): string =>
      `{"key":"a","time":${time},"value":1,"partition":"${partition}"}\n`
    const { summary } = await run(tumbling, line(5, 'p') + line(5, 'q') + line(100, 'p') + line(6, 'q'))
    expect(summary.late).toEqual({})
  })

  test('groups by labels', async () => {
    const line = (time: number, value: number, key: string, site: string): string =>
      `${JSON.stringify({ key, time, value, labels: { site } })}\n`
    const { rows } = await run(
      { ...tumbling, groupBy: ['site'] },
      line(1, 1, 'a', 'north') + line(2, 2, 'b', 'north') + line(3, 4, 'a', 'south'),
    )
    expect(rows).toMatchObject([
      { key: 'north', sum: 3 },
      { key: 'south', sum: 4 },
    ])
  })

  test('count windows carry their index, sessions what they replace', async () => {
    const count = await run(
      { ...tumbling, window: { kind: 'count', size: 2 } },
      event(1, 1) + event(2, 1) + event(3, 1) + event(4, 1),
    )
    expect(count.rows.map(({ index }) => index)).toEqual([0, 1])
    const config = {
      ...tumbling,
      window: { kind: 'session', gap: '5ms' },
      time: { clock: 'source', allowedLateness: '10ms' },
    }
    const session = await run(config, event(0, 1) + event(6, 1) + event(4, 1))
    expect(session.rows.at(-1)).toEqual({
      key: 's1',
      start: 0,
      end: 11,
      revision: 0,
      replaces: [[0, 5]],
      count: 3,
      sum: 3,
    })
  })
})

describe('mistakes', () => {
  const refused = async (config: unknown, input = ''): Promise<string> => {
    try {
      await run(config as object, input)
    } catch (error) {
      return (error as Error).message
    }
    return 'accepted'
  }

  test('name the file, the field and the mend', async () => {
    expect(await refused({ ...tumbling, window: { kind: 'tumbling', size: '10 parsecs' } })).toMatch(
      /^c\.json: window\.size: must be a duration such as/,
    )
    expect(await refused({ ...tumbling, aggregates: ['mode'] })).toMatch(/^c\.json: aggregates\.0: must be a statistic/)
    expect(await refused({ ...tumbling, window: { kind: 'cumulative', size: '10s', step: '3s' } })).toMatch(
      /^c\.json: window\.size must be a multiple/,
    )
    expect(await refused({ ...tumbling, window: { kind: 'calendar', unit: 'day', zone: 'Mars/Base' } })).toMatch(
      /^c\.json: window\.zone is not a time zone: "Mars\/Base"; give an IANA name/,
    )
    expect(await refused({ ...tumbling, groupBy: ['site'], aggregates: ['slope'] })).toMatch(
      /^c\.json: aggregates slope belongs to one series/,
    )
    expect(await refused(tumbling, 'a,b\n1,2\n')).toMatch(/^in: line 1: .*"key".*begin with a header/)
  })

  async function command(
    config: string,
    input: string | null,
  ): Promise<{ code: number; error: string; output: string }> {
    const folder = await mkdtemp(join(tmpdir(), 'weir-replay-'))
    await writeFile(join(folder, 'c.json'), config)
    if (input !== null) await writeFile(join(folder, 'in.ndjson'), input)
    let error = ''
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((error += String(text)), true))
    try {
      const file = (name: string): string => join(folder, name)
      const code = await replayCommand([
        '--config',
        file('c.json'),
        '--input',
        file('in.ndjson'),
        '--output',
        file('out.ndjson'),
      ])
      return { code, error, output: code === 0 ? await readFile(file('out.ndjson'), 'utf8') : '' }
    } finally {
      write.mockRestore()
    }
  }

  test('the command writes rows to the file and the summary to standard error', async () => {
    const { code, error, output } = await command(JSON.stringify(tumbling), event(1, 1))
    expect(code).toBe(0)
    expect(JSON.parse(error.trim().split('\n').at(-1) as string)).toEqual({
      events: 1,
      late: {},
      unassigned: {},
      missing: {},
      rejected: 0,
    })
    expect(output).toBe('{"key":"s1","start":0,"end":10,"revision":0,"count":1,"sum":1}\n')
  })

  test('exit code 2 and one line', async () => {
    for (const [config, input] of [
      ['{"window":\n oops}', ''],
      [JSON.stringify(tumbling), null],
    ] as const) {
      const { code, error } = await command(config, input)
      expect(code).toBe(2)
      expect(error.trim().split('\n')).toHaveLength(1)
      expect(error).toMatch(/c\.json: line 2: not JSON|in\.ndjson: cannot be read .* check the path/)
    }
  })
})
