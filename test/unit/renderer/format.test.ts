import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatElapsed,
  formatMany,
  formatRate,
  formatReading,
  formatSpan,
  formatValue,
} from '../../../renderer/state/format'

describe('numbers', () => {
  it('keep about three digits, and all of the whole part', () => {
    expect([96.42, 4.214, 0.012345, 12345.6, 0.5, -2.834].map((value) => formatValue(value, 'en'))).toEqual([
      '96.4',
      '4.21',
      '0.0123',
      '12,346',
      '0.500',
      '−2.83',
    ])
  })
  it('show states and counters as they are', () => {
    expect([0, 1, 14, -3].map((value) => formatReading(value, 'en'))).toEqual(['0', '1', '14', '−3'])
  })
  it('never show a missing value as a number', () => {
    expect([NaN, Infinity].map((value) => formatReading(value, 'en'))).toEqual(['—', '—'])
  })
  it('shorten what is many', () => {
    expect([999_999, 1_903_214, 418_213_009].map((value) => formatMany(value, 'en'))).toEqual([
      '999,999',
      '1.90 M',
      '418.2 M',
    ])
  })
  it('name sizes', () => {
    expect([0, 512, 40_960, 790_000_000].map((value) => formatBytes(value, 'en'))).toEqual([
      '0 B',
      '512 B',
      '41.0 kB',
      '790 MB',
    ])
  })
  it('keep a digit of slow rates', () => {
    expect([0, 0.02, 2.5, 12480].map((value) => formatRate(value, 'en'))).toEqual(['0', '0.02', '2.5', '12,480'])
  })
})

describe('spans', () => {
  it('count like a clock', () => {
    expect([42_000, 72_000, 11_529_000, 3 * 86_400_000].map(formatElapsed)).toEqual(['0:42', '1:12', '3:12:09', '3 d'])
  })
  it('are rough in words', () => {
    expect(formatSpan(8 * 3_600_000, 'en')).toBe('8 h')
    expect(formatSpan(-12.4 * 365.25 * 86_400_000, 'en')).toBe('12 years')
    expect(formatSpan(12.4 * 365.25 * 86_400_000, 'zh-CN')).toMatch(/^12\s?年$/)
  })
})
