import { describe, expect, test } from 'vitest'
import { Bench } from './support'
import type { PipelineInput, Reading } from './support'

function chain(clock: 'series' | 'source', allowedLateness: string, readings: readonly Reading[]): string[] {
  const upstream: PipelineInput = {
    id: 'up',
    window: { kind: 'tumbling', size: '5ms' },
    time: { clock, allowedLateness },
    aggregates: ['sum'],
  }
  const downstream: PipelineInput = {
    id: 'down',
    upstream: { pipeline: 'up', statistic: 'sum' },
    time: { clock },
    aggregates: ['sum'],
  }
  return new Bench([downstream, upstream])
    .send(...readings)
    .end()
    .take()
    .filter((row) => row.startsWith('down'))
}

describe('results as input', () => {
  test('case 18: T5 sum into T10 sum', () => {
    const readings: Reading[] = [
      ['a', 1, 1],
      ['a', 6, 2],
      ['a', 12, 4],
    ]
    expect(chain('source', '0ms', readings)).toEqual(['down a [0,10)=3', 'down a [10,20)=4'])
    expect(chain('series', '0ms', readings)).toEqual(['down a [0,10)=3', 'down a [10,20)=4'])
  })

  test('a result within the allowed lateness is taken once, as it ended up', () => {
    const readings: Reading[] = [
      ['a', 1, 1],
      ['a', 6, 2],
      ['a', 2, 8],
      ['a', 30, 4],
    ]
    expect(chain('source', '10ms', readings)).toEqual(['down a [0,10)=11', 'down a [30,40)=4'])
  })

  test('a result beyond the largest double is a gap', () => {
    const bench = new Bench([
      { id: 'up', window: { kind: 'tumbling', size: '5ms' }, aggregates: ['sum'] },
      { id: 'down', upstream: { pipeline: 'up', statistic: 'sum' }, aggregates: ['count', 'missing'] },
    ])
    bench.send(['a', 1, 1e308], ['a', 2, 1e308], ['a', 6, 1]).end()
    expect(bench.take().filter((row) => row.startsWith('down'))).toEqual(['down a [0,10)=1 1'])
  })

  test('a slow key does not make another one late', () => {
    const readings: Reading[] = [
      ['a', 1, 1],
      ['b', 50, 2],
      ['a', 6, 4],
    ]
    expect(chain('series', '0ms', readings)).toEqual(['down a [0,10)=5', 'down b [50,60)=2'])
  })

  test('a chain of three, restarted in between, equals one without a restart', () => {
    const entries: PipelineInput[] = [
      { id: 'one', window: { kind: 'tumbling', size: '5ms' }, time: { allowedLateness: '3ms' }, aggregates: ['sum'] },
      { id: 'two', upstream: { pipeline: 'one', statistic: 'sum' }, groupBy: ['site'] },
      {
        id: 'three',
        upstream: { pipeline: 'two', statistic: 'count' },
        window: { kind: 'tumbling', size: '40ms' },
        aggregates: ['sum', 'count'],
      },
    ]
    const readings = Array.from({ length: 200 }, (_, i): Reading => {
      const site = i % 3 === 0 ? 'A' : 'B'
      return [`s${i % 4}`, i + ((i * 7) % 11), i, { site }]
    })
    const whole = new Bench(entries).send(...readings).end()
    const cut = new Bench(entries)
    readings.forEach((reading, i) => {
      cut.send(reading)
      if (i % 17 === 0) cut.restart()
    })
    expect(cut.end().take()).toEqual(whole.take())
  })

  test('count windows without a clock of their own pass on what they have, and their clock follows', () => {
    const bench = new Bench([
      { id: 'up', window: { kind: 'count', size: 2 }, aggregates: ['sum'] },
      { id: 'down', upstream: { pipeline: 'up', statistic: 'sum' } },
    ])
    bench.send(['a', 5, 1], ['a', 3, 2], ['a', 21, 4])
    expect(bench.take()).toEqual(['up a #0=3', 'down a [0,10)=1 3'])
  })

  test('silence upstream closes the windows downstream, by the time of the sensor', () => {
    const bench = new Bench(
      [
        { id: 'up', window: { kind: 'tumbling', size: '1s' }, aggregates: ['sum'] },
        { id: 'down', upstream: { pipeline: 'up', statistic: 'sum' }, window: { kind: 'tumbling', size: '1m' } },
      ],
      'live',
    ).live()
    bench.send(['a', 0, 1], ['a', 1500, 2]).until(58_000)
    expect(bench.take()).toEqual(['up a [0,1000)=1', 'up a [1000,2000)=2'])
    bench.until(70_000)
    expect(bench.take()).toEqual(['down a [0,60000)=2 3'])
    const marks = bench.marks.length
    bench.until(300_000)
    expect(bench.marks.length).toBe(marks)
  })

  test('a silent key that waits with others downstream goes on, and does not hold back what comes later', () => {
    const bench = new Bench(
      [
        { id: 'up', window: { kind: 'tumbling', size: '1s' }, time: { idleAfter: '5s' }, aggregates: ['sum'] },
        {
          id: 'down',
          upstream: { pipeline: 'up', statistic: 'sum' },
          window: { kind: 'tumbling', size: '10s' },
          time: { clock: 'source' },
        },
      ],
      'live',
    ).live()
    bench.send(['silent', 0, 1], ['slow', 0, 1], ['fast', 0, 1])
    for (let now = 4000; now <= 20_000; now += 4000)
      bench.until(now).send(['slow', now / 10, 1], ['fast', now + 5000, 1])
    bench.until(23_000).take()
    bench.send(['slow', 24_000, 1])
    const fired = bench.take().filter((row) => row.startsWith('down'))
    expect(fired).toContain('down silent [0,10000)=1 1')
    expect(fired).toContain('down fast [10000,20000)=2 2')
  })

  test('recovery repeats the marks of silence: the windows downstream close at the same place', () => {
    const entries: PipelineInput[] = [
      { id: 'up', window: { kind: 'tumbling', size: '1s' }, aggregates: ['sum'] },
      {
        id: 'down',
        upstream: { pipeline: 'up', statistic: 'sum' },
        window: { kind: 'tumbling', size: '1m' },
        groupBy: ['x'],
      },
    ]
    const live = new Bench(entries, 'live').live()
    live.send(['a', 0, 1], ['a', 1500, 2]).until(90_000)
    const again = new Bench(entries, 'live')
    again.send(['a', 0, 1], ['a', 1500, 2])
    for (const mark of live.marks) again.pipelines.applyMark(mark)
    expect(again.take()).toEqual(live.take())
  })
})
