import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Decimator } from '../../../main/engine/decimator'

const pairs = (points: Float64Array): [number, number][] =>
  Array.from({ length: points.length / 2 }, (_, i) => [points[2 * i] as number, points[2 * i + 1] as number])
const drawn = (points: Float64Array) => pairs(points).filter(([, value]) => !Number.isNaN(value))
const breaks = (points: Float64Array) => pairs(points).filter(([, value]) => Number.isNaN(value)).length

function filled(samples: readonly [number, number][], columnMs: number, columns = 1000): Decimator {
  const decimator = new Decimator(columnMs, columns)
  for (const [time, value] of samples) decimator.add(time, value)
  return decimator
}

describe('decimation to pixel columns', () => {
  it('keeps first, minimum, maximum and last of every column, in the order of time', () => {
    const samples: [number, number][] = [
      [0, 5],
      [1, 9],
      [2, 1],
      [3, 4],
      [10, 7],
    ]
    expect(drawn(filled(samples, 10).points(0, 20))).toEqual([
      [0, 5],
      [1, 9],
      [2, 1],
      [3, 4],
      [10, 7],
    ])
    expect(
      drawn(
        filled(
          [
            [0, 5],
            [1, 6],
            [2, 7],
            [3, 9],
            [4, 1],
            [5, 2],
          ],
          10,
        ).points(0, 9),
      ),
    ).toEqual([
      [0, 5],
      [3, 9],
      [4, 1],
      [5, 2],
    ])
  })

  it('has the same extremes, count and mean as all the samples, whatever their order', () => {
    const sample = fc.tuple(fc.integer({ min: 0, max: 9_999 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }))
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 500 }), (samples) => {
        const decimator = filled(samples, 100, 102)
        // −0 and 0 are one height.
        const values = samples.map(([, value]) => value + 0)
        const points = drawn(decimator.points(0, 9_999)).map(([time, value]): [number, number] => [time, value + 0])
        expect(Math.min(...points.map(([, value]) => value))).toBe(Math.min(...values))
        expect(Math.max(...points.map(([, value]) => value))).toBe(Math.max(...values))
        const { count, mean } = decimator.statistics(0, 9_999)
        expect(count).toBe(samples.length)
        expect(mean).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length, 4)
        expect(points.every(([time], i) => i === 0 || time >= (points[i - 1]?.[0] as number))).toBe(true)
      }),
    )
  })

  it('never joins over a gap and never draws it as zero', () => {
    const points = filled(
      [
        [0, 1],
        [10, 2],
        [15, NaN],
        [20, 3],
      ],
      10,
    ).points(0, 30)
    expect(breaks(points)).toBe(1)
    expect(drawn(points).map(([, value]) => value)).toEqual([1, 2, 3])
  })

  it('breaks the line over an outage of a regular sensor', () => {
    const regular = Array.from({ length: 200 }, (_, i): [number, number] => [i * 10 + (i >= 100 ? 500 : 0), i])
    expect(breaks(filled(regular, 10).points(0, 3000))).toBe(1)
  })

  it('joins a sensor that changes its pace', () => {
    const paces = [
      ...Array.from({ length: 30 }, (_, i): [number, number] => [i * 10_000, i]),
      ...Array.from({ length: 60 }, (_, i): [number, number] => [300_000 + i * 1000, i]),
    ]
    expect(breaks(filled(paces, 300).points(0, 360_000))).toBe(0)
  })

  it('moves on: old columns make room and late samples of the past are left out', () => {
    const decimator = filled([], 10, 10)
    for (let t = 0; t < 1000; t += 10) decimator.add(t, t)
    decimator.add(5, -999)
    expect(drawn(decimator.points(0, 999)).map(([time]) => time)).toEqual([
      900, 910, 920, 930, 940, 950, 960, 970, 980, 990,
    ])
  })

  it('works before 1970', () => {
    expect(
      drawn(
        filled(
          [
            [-25, 1],
            [-15, 2],
            [-5, 3],
          ],
          10,
        ).points(-30, 0),
      ),
    ).toEqual([
      [-25, 1],
      [-15, 2],
      [-5, 3],
    ])
  })
})
