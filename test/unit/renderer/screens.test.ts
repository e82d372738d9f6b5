import { describe, expect, it } from 'vitest'
import { findForPalette } from '../../../renderer/app/paletteSearch'
import { planViews } from '../../../renderer/state/frames.svelte'
import { colourOf, meanColourOf } from '../../../renderer/state/seriesName'
import { visibleRows } from '../../../renderer/ui/visibleRows'
import { panelSpans } from '../../../renderer/views/dashboard/layout'
import { treeRows } from '../../../renderer/views/explore/tree'
import type { SeriesInfo } from '../../../shared/model/series'

const series = (id: number, device: string, name: string): SeriesInfo => ({
  id,
  source: 'plant',
  name,
  labels: { device },
})

describe('the dashboard', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 24])('fills whole rows with %i series', (count) => {
    const spans = panelSpans(count)
    expect(spans).toHaveLength(count)
    let row = 0
    for (const span of spans) {
      row += span
      expect(row).toBeLessThanOrEqual(12)
      if (row === 12) row = 0
    }
    expect(row).toBe(0)
  })
  it('gives neighbours different colours, and the mean another than its raw line', () => {
    expect(new Set([1, 2, 3, 4, 5, 6, 7, 8].map(colourOf)).size).toBe(8)
    for (const id of [1, 2, 3, 4, 5, 6, 7, 8]) expect(meanColourOf(id)).not.toBe(colourOf(id))
    expect(colourOf(0)).toBe(8)
  })
  it('opens as few views as the limit allows', () => {
    const views = planViews(
      Array.from({ length: 130 }, (_, index) => index),
      { kind: 'live', span: 1000 },
      320,
    )
    expect(views.map((view) => view.series.length)).toEqual([64, 64, 2])
    expect(planViews([3, 1], { kind: 'live', span: 1 }, 1)).toEqual(planViews([1, 3], { kind: 'live', span: 1 }, 1))
  })
})

describe('the tree of series', () => {
  const all = [series(1, 'boiler', 'temperature'), series(2, 'boiler', 'pressure'), series(3, 'pump', 'vibration')]
  it('has source, labels and fields', () => {
    expect(
      treeRows(all, '', new Set(), () => 'Plant').map((row) => [
        row.depth,
        row.kind === 'leaf' ? row.info.name : row.label,
      ]),
    ).toEqual([
      [0, 'Plant'],
      [1, 'boiler'],
      [2, 'temperature'],
      [2, 'pressure'],
      [1, 'pump'],
      [2, 'vibration'],
    ])
  })
  it('folds, but a search looks into folded branches', () => {
    const closed = new Set(['/Plant'])
    expect(treeRows(all, '', closed, () => 'Plant')).toHaveLength(1)
    expect(treeRows(all, 'pump vib', closed, () => 'Plant').filter((row) => row.kind === 'leaf')).toHaveLength(1)
  })
})

describe('long lists', () => {
  it('keep only the rows in sight', () => {
    expect(visibleRows(2600, 520, 26, 1204)).toEqual({ from: 97, to: 123 })
    expect(visibleRows(0, 520, 26, 3)).toEqual({ from: 0, to: 3 })
    expect(visibleRows(9999, 520, 26, 3)).toEqual({ from: 3, to: 3 })
  })
})

describe('the palette', () => {
  const commands = [{ id: 'export', text: 'Export to CSV', keys: 'Ctrl E' }]
  it('offers commands at once, series when asked for', () => {
    const all = [series(1, 'boiler', 'temperature')]
    expect(findForPalette('', commands, all, [], (info) => info.name).map((entry) => entry.kind)).toEqual(['command'])
    expect(findForPalette('boiler temp', commands, all, [], (info) => info.name).map((entry) => entry.kind)).toEqual([
      'series',
    ])
    expect(findForPalette('zzz', commands, all, [], (info) => info.name)).toEqual([])
  })
})
