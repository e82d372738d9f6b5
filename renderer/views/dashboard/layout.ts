/** How many of the 12 columns each chart of a dashboard takes. */

/** The first is the widest; the others fill rows of three, and no row stays half empty. */
export function panelSpans(count: number, width = Infinity): number[] {
  const spans = wideSpans(count)
  // A narrow window has room for two side by side.
  return width >= NARROW ? spans : spans.map((_, index) => (index === 0 && count % 2 === 1 ? 12 : 6))
}

const NARROW = 900

function wideSpans(count: number): number[] {
  if (count <= 1) return count === 1 ? [12] : []
  if (count === 2) return [6, 6]
  const rest = count - 2
  const spans = [8, 4]
  const pairs = rest % 3 === 1 ? (rest === 1 ? 0 : 2) : rest % 3 === 2 ? 1 : 0
  const triples = (rest - pairs * 2 - (rest === 1 ? 1 : 0)) / 3
  for (let n = 0; n < triples; n++) spans.push(4, 4, 4)
  for (let n = 0; n < pairs; n++) spans.push(6, 6)
  return rest === 1 ? [...spans, 12] : spans
}

/** Tiles in a row for a width in px. */
export const tileColumns = (width: number, count: number): number =>
  Math.max(1, Math.min(count, Math.floor((width + 10) / 270), 4))
