import { describe, expect, it } from 'vitest'
import { WindowTrack } from '../../../main/engine/window-track'

function track(windows: readonly (readonly [number, number, number])[]): WindowTrack {
  const made = new WindowTrack('results')
  for (const [start, end, value] of windows)
    made.add({ pipeline: 'p', key: 1, start, end, revision: 0, values: Float64Array.of(value) }, value)
  return made
}

/** Ten long, of the values 0, 1, 2 …; those of some positions are missing. */
const row = (count: number, missing: (at: number) => boolean = () => false) =>
  track(Array.from({ length: count }, (_, at) => [at * 10, at * 10 + 10, at] as const).filter((_, at) => !missing(at)))

describe('the windows of a view', () => {
  it('are drawn as they are where there is room', () => {
    expect([...row(3).triples(0, 30, 3)]).toEqual([0, 10, 0, 10, 20, 1, 20, 30, 2])
  })
  it('are drawn together where there are more than columns', () => {
    expect([...row(4).triples(0, 40, 2)]).toEqual([0, 20, 0.5, 20, 40, 2.5])
  })
  it('are never drawn together over a gap that can be seen', () => {
    const drawn = row(100, (at) => at >= 33 && at < 60).triples(0, 1000, 20)
    const spans = Array.from({ length: drawn.length / 3 }, (_, i) => [drawn[i * 3], drawn[i * 3 + 1]])
    expect(spans.filter(([start, end]) => start! < 600 && end! > 330)).toEqual([])
    expect(spans.flat()).toEqual(expect.arrayContaining([330, 600]))
  })
  it('are few in a frame also where every one stands alone', () => {
    const alone = track(Array.from({ length: 5000 }, (_, at) => [at * 10, at * 10 + 1, at] as const))
    expect(alone.triples(0, 50_000, 100).length / 3).toBeLessThanOrEqual(200)
  })
  it('without a value break the line, and leave their neighbours theirs', () => {
    const some = track([
      [0, 10, NaN],
      [10, 20, 4],
      [20, 30, NaN],
      [30, 40, NaN],
    ])
    expect([...some.triples(0, 40, 2)]).toEqual([0, 20, 4, 20, 40, NaN])
    expect([...track([]).triples(0, 40, 2)]).toEqual([])
  })
  it('have the figures of each that reaches into the range, however few are drawn', () => {
    expect(row(100).figures(0, 1000)).toEqual({ count: 100, min: 0, max: 99, mean: 49.5 })
    expect(row(100).figures(15, 40)).toEqual({ count: 3, min: 1, max: 3, mean: 2 })
    expect(track([[0, 10, NaN]]).figures(0, 10)).toEqual({ count: 0, min: NaN, max: NaN, mean: NaN })
  })
  it('have a last one', () => {
    expect(row(5).last(Infinity)).toMatchObject({ end: 50, value: 4 })
    expect(row(5).last(25)).toMatchObject({ end: 20, value: 1 })
    expect(track([]).last(Infinity)).toBeNull()
  })
})
