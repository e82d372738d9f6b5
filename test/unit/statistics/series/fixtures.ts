/** What numpy, scipy, pandas and statsmodels computed (test/fixtures/statistics/series/make.py), and how to compare. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

export type Numbers = readonly (number | null)[]

export function fixture<T>(name: string): T {
  return JSON.parse(
    readFileSync(join(import.meta.dirname, `../../../fixtures/statistics/series/${name}.json`), 'utf8'),
  ) as T
}

/** To 1e-9 of each expected number, or of `scale` where that is larger; null is NaN. */
export function expectNumbers(actual: ArrayLike<number>, expected: Numbers, scale = 0): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((wanted, i) => {
    const value = actual[i] as number
    if (wanted === null) return expect(value, `at ${i}`).toBeNaN()
    const tolerance = 1e-9 * Math.max(Math.abs(wanted), scale)
    if (!(Math.abs(value - wanted) <= tolerance)) expect(value, `at ${i}`).toBe(wanted)
  })
}

/** Normal, spread 1 (Box and Muller), from a seed. */
export function normal(seed: number): () => number {
  let state = seed
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 1) / 4294967297
  }
  return () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
}
