/** The keys of a preview as lines of one chart: colour, figures, and which of them fit on one scale. Pure. */
import type { PipelinePreview } from '../../../shared/ipc/engine'
import type { SeriesInfo } from '../../../shared/model/series'
import { formatSeries } from '../../../shared/model/series'
import { colourOf, COLOURS } from '../../state/seriesName'

export interface PreviewLine {
  readonly key: string
  readonly windows: Float64Array
  /** 1–8. */
  readonly colour: number
  /** NaN where there is none. */
  readonly last: number
  readonly min: number
  readonly mean: number
  readonly max: number
}

/** A series keeps the colour that it has on other screens; a key that is none takes one that is left. */
export function previewLines(drawn: PipelinePreview['series'], known: readonly SeriesInfo[]): PreviewLine[] {
  const ids = new Map(known.map((info) => [formatSeries(info), info.id]))
  const taken = new Set<number>()
  return drawn.map(({ key, windows }) => {
    const id = ids.get(key)
    const own = id === undefined ? 1 : colourOf(id)
    let colour = own
    while (taken.has(colour)) colour = (colour % COLOURS) + 1
    taken.add(colour)
    return { key, windows, colour, ...figures(windows) }
  })
}

/** Keys of one name measure the same thing: those of the first name are drawn at first, the others when they are ticked. */
export function drawnAtFirst(lines: readonly PreviewLine[]): ReadonlySet<string> {
  const nameOf = (key: string): string => key.replace(/\{.*$/, '')
  const [first] = lines
  return new Set(lines.filter(({ key }) => first && nameOf(key) === nameOf(first.key)).map(({ key }) => key))
}

function figures(windows: Float64Array): Omit<PreviewLine, 'key' | 'windows' | 'colour'> {
  let last = NaN
  let min = Infinity
  let max = -Infinity
  let sum = 0
  let count = 0
  for (let at = 2; at < windows.length; at += 3) {
    const value = windows[at] as number
    if (!Number.isFinite(value)) continue
    last = value
    min = Math.min(min, value)
    max = Math.max(max, value)
    sum += value
    count++
  }
  return count === 0 ? { last, min: NaN, mean: NaN, max: NaN } : { last, min, mean: sum / count, max }
}
