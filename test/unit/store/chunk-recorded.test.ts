/** Chunks as the first version wrote them. Every later version reads them; this file only ever grows. */
import { expect, it } from 'vitest'
import { decodeChunk } from '../../../main/store/chunk/chunk'

const START = 1_700_000_000_000

const scattered = (i: number): number => (Math.imul(i, 0x9e37_79b1) ^ (Math.imul(i, 0x85eb_ca6b) >>> 13)) >>> 24

interface Recorded {
  readonly name: string
  readonly n: number
  readonly after: (i: number) => number
  readonly value: (i: number) => number
  readonly base64: string
}

const RECORDED: readonly Recorded[] = [
  {
    name: 'around a level, with gaps in time',
    n: 40,
    after: (i) => 1000 * i + (i % 7 === 3 ? 5000 : 0),
    value: (i) => (scattered(i) > 200 ? -scattered(i) : 0),
    base64: 'ASgCgIDygYOJhQbAhD0BAQEJ4fd62kYCAnOgAAAAAAL6AwEAugMAC6QNd8RwfQLcoq06BKHDpc4AAAEAAA==',
  },
  {
    name: 'a walk',
    n: 40,
    after: (i) => 1000 * i + scattered(i) / 1000,
    value: (i) => ((Math.floor((i * i) / 3) % 97) + (scattered(i) % 5)) / 8,
    base64:
      'ASgCgIDygYOJhQYBAZ6HehQY+/+YAAAGAAAGKgVLwoEi7aJL/TmllY0rDEHeAAAABAEAQAAAIAAAAwEAfQcADAhgosaTLHkSxi7hz6+QYXTMoVPEOQsY1cYdaycJVfGwlwAAAQAA',
  },
  {
    name: 'a smooth curve',
    n: 40,
    after: (i) => 250 * i,
    value: (i) => (i * (40 - i) * 5 + (scattered(i) % 3)) / 10,
    base64: 'ASgAgIDygYOJhQaQoQ8AAQAAAQIAAQMAABqAHkLdAeL3Dj4MF837pM7WJw5E38GeNU5TvwFTAAABAAA=',
  },
  {
    name: 'a smoother curve',
    n: 40,
    after: (i) => 250 * i,
    value: (i) => (i * (40 - i) * (i - 20)) / 1000,
    base64: 'ASgAgIDygYOJhQaQoQ8AAQAAAwLAMAMDAAsKwTTIAFyNUifdQwMB78ABAAgBgAAAAAAAAAAAAAAAgA==',
  },
  {
    name: 'a noisy slope, backward in time',
    n: 120,
    after: (i) => -60_000 * i,
    value: (i) => (20 * i + (scattered(i) % 64)) / 10,
    base64:
      'AXgAgPzT6M2IhQaAjs4ctwFBAAABAgABATIGHu//mOTA6eaCa/jelKgYmRWs3fa9MsjqJpo3Ne2OIBSGAAABjAGABjGMADAGAAAABgDAAAAAAQAA',
  },
  {
    name: 'doubles, times in pairs',
    n: 40,
    after: (i) => 10 * Math.floor(i / 2),
    value: (i) => 1 / (3 + i),
    base64:
      'ASgCgIDygYOJhQaQTgQEAAWfXq2lSwAAAQKDw+GwmH8BAwAhJ91Zi1bG7Ubb83abt1q2vEAVvIFoByUqOmMmgPDSoVWHqe0i9b+JQWI8888/PPPPCcCcCczMzlB1CKDqEIIII7H7ItMBlGVduoo5eHSAYBAI/vpoKMt2LdD6Q2VeZq+sUZqhVcWuQvEcnfu5s2EwkhjqmhKNp2A/K3RKBrvNHcDU0nX855QrVdePgAEAARWqqqgAADMzNVVVVJJJAAACOOOZmZroujVVVWJ2KJJJKIiIgAADw8PRxxwNeUZmZoMMMdF0ZZCyVVVVwo9xOxQJe0JJJLT3LREREQhCAAADg+EeHh4OoOxxxwN1oBrygNINZmZrgx9Bhhg=',
  },
  {
    name: '32-bit floats',
    n: 40,
    after: (i) => 10 * i,
    value: (i) => Math.fround((180 + (scattered(i) % 40)) / 10),
    base64: 'ASgAgIDygYOJhQaQTgABAACBAbQCAQYCZRIBdUMFcYRogd1sl94wqA42NE+aRICZUMFdYRoAAAEAAA==',
  },
  {
    name: 'few values with gaps',
    n: 40,
    after: (i) => 1000 * i,
    value: (i) => [1 / 3, -0, 5e-324, Infinity, NaN, 42][scattered(i) % 6] as number,
    base64:
      'ASgAgIDygYOJhQbAhD0AAQEBAAEBACgUAQICBQEBwAQCKQAAAAAAAAAAACAf6qqqurARQAAID/4AAAQAAgABAAAABYv/gAoXA6qqgAEAAQNFFMMNpFxwAkqBhFJOOJE=',
  },
  {
    name: 'decimals with exceptions',
    n: 40,
    after: (i) => 1000 * i,
    value: (i) => [1e300, -0, 0.1 + 0.2][[7, 9, 11].indexOf(i)] ?? i / 10,
    base64: 'ASgAgIDygYOJhQbAhD0AAQAAAQIAAQEBAQfhQrOo+oy1AAIAAQAAAAW4+ETLJACcdQCIPOQ3fgAAAAAAAACA',
  },
]

it.each(RECORDED)('version 1: $name', ({ n, after, value, base64 }) => {
  const into = { times: new Float64Array(n), values: new Float64Array(n) }
  expect(decodeChunk(new Uint8Array(Buffer.from(base64, 'base64')), into)).toBe(n)
  expect([...into.times]).toEqual(Array.from({ length: n }, (_, i) => START + after(i)))
  expect([...into.values]).toEqual(Array.from({ length: n }, (_, i) => value(i)))
})
