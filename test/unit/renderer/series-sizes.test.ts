import { describe, expect, it } from 'vitest'
import { perSample, seriesRows, sorted, sourceRows } from '../../../renderer/views/data/seriesSizes'

const stored = (id: number, samples: number, bytes: number, from: number, to: number) => ({
  id,
  samples,
  summedUp: 0,
  bytes,
  from,
  to,
})
const named = (id: number) => ({
  title: `series ${id}`,
  source: id < 3 ? 'north' : 'south',
  // Two sources of one name.
  sourceName: 'Plant',
  text: `series ${id} plant`,
})
const rows = seriesRows([stored(1, 10, 40, 5, 9), stored(2, 30, 20, 1, 7), stored(3, 0, 0, 2, 3)], named)

describe('sizes of what is stored', () => {
  it('by source keep sources of one name apart: to erase one must not erase the other', () => {
    expect(sourceRows(rows).map(({ key, title, series }) => [key, title, series])).toEqual([
      ['north', 'Plant', [1, 2]],
      ['south', 'Plant', [3]],
    ])
  })

  it('by source are the sums, from the oldest to the newest', () => {
    expect(sourceRows(rows)[0]).toMatchObject({ samples: 40, bytes: 60, from: 1, to: 9 })
  })

  it('are ordered by any column; none without samples comes last among the largest', () => {
    const ids = (column: 'title' | 'perSample' | 'from', descending: boolean) =>
      sorted(rows, { column, descending }).map(({ key }) => key)
    expect(ids('title', false)).toEqual(['1', '2', '3'])
    expect(ids('from', false)).toEqual(['2', '3', '1'])
    expect(ids('perSample', true)).toEqual(['1', '2', '3'])
    expect(perSample(rows[2] as (typeof rows)[0])).toBeNaN()
  })

  it('leave out what is not known any more', () => {
    expect(seriesRows([stored(9, 1, 1, 1, 1)], () => undefined)).toEqual([])
  })
})
