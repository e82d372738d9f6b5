import { describe, expect, test } from 'vitest'
import { Bench } from './support'
import type { PipelineInput, Reading } from './support'

describe('select, filter, scale, expression', () => {
  test('in this order; other series are left alone', () => {
    const bench = new Bench([
      {
        id: 'p',
        select: ['temp*{site="A"}'],
        filter: 'value >= 0',
        scale: { factor: 2, offset: 1 },
        expression: 'value * 10',
      },
    ])
    bench.send(
      ['temp1', 1, 1, { site: 'A' }],
      ['temp1', 2, -1, { site: 'A' }],
      ['temp1', 3, 2, { site: 'B' }],
      ['rpm', 4, 3, { site: 'A' }],
      ['temp2', 5, 4, { site: 'A' }],
    )
    expect(bench.end().take()).toEqual(['p temp1{site="A"} [0,10)=1 30', 'p temp2{site="A"} [0,10)=1 90'])
    expect(bench.pipelines.nodes[0]?.taken).toBe(2)
  })

  test('what the filter leaves out moves the clock and is not missing', () => {
    const bench = new Bench([{ id: 'p', filter: 'value > 0', aggregates: ['count', 'missing'] }])
    bench.send(['a', 1, 1], ['a', 2, -5], ['a', 12, -5])
    expect(bench.take()).toEqual(['p a [0,10)=1 0'])
  })

  test('a gap passes the filter as a gap; a result that is not finite is a gap', () => {
    const bench = new Bench([
      { id: 'p', filter: 'value > 0', expression: '1 / (value - 1)', aggregates: ['count', 'sum', 'missing'] },
    ])
    bench.send(['a', 1, 3], ['a', 2, NaN], ['a', 3, 1], ['a', 11, 3])
    expect(bench.take()).toEqual(['p a [0,10)=1 0.5 2'])
  })

  test('with the clock of the source every reading counts, also of series that are not taken', () => {
    const entries: PipelineInput[] = [{ id: 'p', select: ['a'], time: { clock: 'source' } }]
    const bench = new Bench(entries).send(['a', 1, 1], ['b', 12, 1])
    expect(bench.take()).toEqual(['p a [0,10)=1 1'])
    expect(new Bench([{ id: 'p', select: ['a'] }]).send(['a', 1, 1], ['b', 12, 1]).take()).toEqual([])
  })

  test('a group is made of what was selected only', () => {
    const bench = new Bench([{ id: 'p', select: ['{line!="x"}'], groupBy: ['site'] }])
    bench.send(
      ['a', 1, 1, { site: 'A', line: 'x' }],
      ['a', 2, 2, { site: 'A', line: 'y' }],
      ['b', 3, 4, { site: 'A', line: 'z' }],
    )
    expect(bench.end().take()).toEqual(['p group{site="A"} [0,10)=2 6'])
  })
})

const power: PipelineInput = {
  id: 'power',
  combine: {
    inputs: [
      { as: 'u', series: 'voltage' },
      { as: 'i', series: 'current' },
    ],
    on: ['device'],
    tolerance: '5ms',
    expression: 'u * i',
    name: 'power',
  },
}

describe('combine', () => {
  const a = { device: 'a' }
  const b = { device: 'b' }

  test('multiplies what belongs together, whichever came first', () => {
    const bench = new Bench([power])
    bench.send(
      ['voltage', 1, 10, a],
      ['current', 1, 2, a],
      ['current', 2, 3, b],
      ['voltage', 3, 10, b],
      ['current', 6, 4, a],
      ['voltage', 6, 10, a],
    )
    expect(bench.end().take()).toEqual(['power power{device="a"} [0,10)=2 60', 'power power{device="b"} [0,10)=1 30'])
  })

  test('a reading waits until no other can come at or before it, then its window closes with the join', () => {
    const bench = new Bench([power])
    bench.send(['voltage', 1, 10, a], ['current', 1, 2, a], ['voltage', 11, 10, a])
    expect(bench.take()).toEqual([])
    expect(bench.send(['current', 11, 2, a]).take()).toEqual(['power power{device="a"} [0,10)=1 20'])
  })

  test('nothing is joined beyond the tolerance; a gap makes a gap', () => {
    const bench = new Bench([{ ...power, aggregates: ['count', 'sum', 'missing'] }])
    bench.send(['current', 0, 2, a], ['voltage', 5, 10, a], ['voltage', 6, 10, a], ['current', 7, NaN, a])
    bench.send(['voltage', 8, 10, a])
    expect(bench.end().take()).toEqual(['power power{device="a"} [0,10)=1 20 1'])
  })

  test('a leading reading behind the clock is late', () => {
    const bench = new Bench([power])
    bench.send(['voltage', 20, 1, a], ['current', 20, 1, a], ['voltage', 19, 1, a])
    expect(bench.take()).toEqual(['late power'])
  })

  test('within the allowed lateness it is joined at once and corrects its window', () => {
    const bench = new Bench([{ ...power, time: { allowedLateness: '10ms' } }])
    bench.send(['current', 5, 2, a], ['voltage', 8, 10, a], ['voltage', 12, 10, a], ['current', 12, 3, a])
    expect(bench.take()).toEqual(['power power{device="a"} [0,10)=1 20'])
    expect(bench.send(['voltage', 7, 1, a]).take()).toEqual(['power power{device="a"} [0,10) r1=2 22'])
  })

  test('one silent input does not hold it for ever', () => {
    const bench = new Bench([{ ...power, combine: { ...power.combine!, tolerance: '1h' } }], 'live').live()
    bench.send(['current', 0, 2, a], ['voltage', 1, 10, a])
    for (let at = 1; at <= 40; at++) bench.until(at * 1000).send(['voltage', at * 1000, 10, a])
    const rows = bench.take()
    expect(rows[0]).toBe('power power{device="a"} [0,10)=1 20')
    expect(rows.length).toBeGreaterThan(25)
    bench.until(120_000)
    expect(bench.take().at(-1)).toBe('power power{device="a"} [40000,40010)=1 20')
  })

  test('joined, grouped, read by another and restarted anywhere it stays the same', () => {
    const entries: PipelineInput[] = [
      { ...power, filter: 'value > -50', time: { outOfOrderness: '4ms', allowedLateness: '6ms' } },
      {
        id: 'site',
        upstream: { pipeline: 'power', statistic: 'sum' },
        window: { kind: 'tumbling', size: '30ms' },
        combine: {
          inputs: [
            { as: 'x', series: 'power{device="a"}' },
            { as: 'y', series: 'power{device="b"}' },
          ],
          tolerance: '20ms',
          expression: 'x + y',
          name: 'both',
        },
      },
      { id: 'more', upstream: { pipeline: 'site', statistic: 'count' }, window: { kind: 'session', gap: '50ms' } },
    ]
    const readings = Array.from({ length: 400 }, (_, n): Reading => [
      n % 2 === 0 ? 'voltage' : 'current',
      n + ((n * 7) % 13),
      (n % 11) - 2,
      n % 3 === 0 ? b : a,
    ])
    const whole = new Bench(entries).send(...readings)
    const cut = new Bench(entries)
    readings.forEach((reading, n) => {
      cut.send(reading)
      if (n % 13 === 0) cut.restart()
    })
    const rows = whole.end().take()
    expect(rows.filter((row) => row.startsWith('site both')).length).toBeGreaterThan(5)
    expect(rows.some((row) => row.startsWith('more both'))).toBe(true)
    expect(cut.end().take()).toEqual(rows)
  })

  test('without labels to agree in, all series are joined with each other', () => {
    const bench = new Bench([{ ...power, combine: { ...power.combine!, on: [] } }])
    bench.send(['voltage', 1, 10, a], ['current', 1, 2, b])
    expect(bench.end().take()).toEqual(['power power [0,10)=1 20'])
  })
})
