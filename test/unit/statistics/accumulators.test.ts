/** Statistics against what numpy and scipy computed: test/fixtures/statistics/make.py. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Accumulators, WindowFrame } from '../../../main/contracts'
import { createAccumulators } from '../../../main/statistics'

interface Case {
  name: string
  time: number[]
  value: number[]
  expected: Record<string, number | null>
}
interface Large {
  name: string
  value: number[]
  distinct: number
  quantiles: [number, number][]
}
const { cases, large } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/statistics/windows.json'), 'utf8'),
) as {
  cases: Case[]
  large: Large[]
}

const frame: WindowFrame = { start: 0, end: Number.MAX_SAFE_INTEGER, carry: () => false }

function results(accumulators: Accumulators, slot: number): number[] {
  return accumulators.result(slot, frame)
}

function expectAll(names: string[], actual: number[], expected: Record<string, number | null>, scale: number): void {
  names.forEach((name, i) => {
    const wanted = expected[name]
    if (wanted === null || wanted === undefined) return expect(actual[i], name).toBeNaN()
    const tolerance = 1e-9 * Math.max(Math.abs(wanted), name === 'slope' ? 1e-9 * scale : 0)
    expect(Math.abs((actual[i] as number) - wanted), `${name}: ${actual[i]} for ${wanted}`).toBeLessThanOrEqual(
      tolerance,
    )
  })
}

describe.each(cases)('$name', ({ time, value, expected }) => {
  const names = Object.keys(expected)
  const scale = Math.max(...value.map(Math.abs))

  test('in order', () => {
    const accumulators = createAccumulators(names, { grouped: false })
    const slot = accumulators.create()
    time.forEach((t, i) => accumulators.add(slot, t, value[i] as number, 0))
    expectAll(names, results(accumulators, slot), expected, scale)
  })

  test('out of order', () => {
    const accumulators = createAccumulators(names, { grouped: false })
    const slot = accumulators.create()
    const order = time.map((_, i) => i).sort((a, b) => ((a * 7919) % 1031) - ((b * 7919) % 1031))
    for (const i of order) accumulators.add(slot, time[i] as number, value[i] as number, 0)
    expectAll(names, results(accumulators, slot), expected, scale)
  })

  test.each([1, 3, 50])('merged and appended from panes of %i', (size) => {
    const accumulators = createAccumulators(names, { grouped: false })
    const [merged, appended] = [accumulators.create(), accumulators.create()]
    for (let from = 0; from < time.length; from += size) {
      const pane = accumulators.create()
      for (let i = from; i < Math.min(time.length, from + size); i++)
        accumulators.add(pane, time[i] as number, value[i] as number, 0)
      accumulators.merge(merged, pane)
      accumulators.append(appended, pane)
      accumulators.release(pane)
    }
    expectAll(names, results(accumulators, merged), expected, scale)
    expectAll(names, results(accumulators, appended), expected, scale)
  })
})

describe.each(large)('sketches of 20,000 values, $name', ({ value, distinct, quantiles }) => {
  const names = ['distinct', ...quantiles.map(([fraction]) => `p${Number((fraction * 100).toFixed(6))}`)]
  const check = (actual: number[]): void => {
    expect(Math.abs((actual[0] as number) / distinct - 1)).toBeLessThan(0.02)
    quantiles.forEach(([, wanted], i) => {
      expect(Math.abs((actual[i + 1] as number) - wanted)).toBeLessThanOrEqual(0.005 * Math.abs(wanted) + 1e-12)
    })
  }

  test('percentiles within 0.5%, distinct within 2%', () => {
    const accumulators = createAccumulators(names, { grouped: false })
    const slot = accumulators.create()
    value.forEach((v, i) => accumulators.add(slot, i, v, 0))
    check(results(accumulators, slot))
  })

  test('merged from panes of 700 and of 3,000', () => {
    const accumulators = createAccumulators(names, { grouped: false })
    const all = accumulators.create()
    for (let from = 0, size = 700; from < value.length; from += size, size = size === 700 ? 3000 : 700) {
      const pane = accumulators.create()
      value.slice(from, from + size).forEach((v) => accumulators.add(pane, from, v, 0))
      accumulators.merge(all, pane)
    }
    check(results(accumulators, all))
  })
})

test('distinct within 2% from 1,025 to 1,000,000 values', () => {
  for (const n of [1025, 2000, 5000, 20_000, 50_000, 100_000, 300_000, 1_000_000]) {
    const accumulators = createAccumulators(['distinct'], { grouped: false })
    const slot = accumulators.create()
    for (let i = 0; i < n; i++) accumulators.add(slot, i, i * 0.1, 0)
    expect(Math.abs((results(accumulators, slot)[0] as number) / n - 1), `${n}`).toBeLessThan(0.02)
  }
})

test('a slot that was released starts empty', () => {
  const accumulators = createAccumulators(['count', 'sum', 'p50', 'distinct', 'increase', 'missing'], {
    grouped: false,
  })
  const slot = accumulators.create()
  for (let i = 0; i < 2000; i++) accumulators.add(slot, i, i, 0)
  accumulators.addGaps(slot, 2)
  accumulators.release(slot)
  const again = accumulators.create()
  expect(again).toBe(slot)
  accumulators.add(again, 1, 5, 0)
  expect(results(accumulators, again)).toEqual([1, 5, 5, 1, NaN, 0])
})

test('sums beyond the largest double stay null or infinite, never wrong', () => {
  const accumulators = createAccumulators(['sum'], { grouped: false })
  const slot = accumulators.create()
  for (let i = 0; i < 3; i++) accumulators.add(slot, i, 1e308, 0)
  expect(results(accumulators, slot)).toEqual([Infinity])
})

test('a name that is none of the statistics is refused', () => {
  expect(() => createAccumulators(['mode'], { grouped: false })).toThrow('not a statistic of a window: mode')
})
