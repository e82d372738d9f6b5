/** Which rows of a long list are in sight, with a few more on both sides for smooth scrolling. */
const OVERSCAN = 3

export function visibleRows(
  top: number,
  height: number,
  rowHeight: number,
  rows: number,
): { readonly from: number; readonly to: number } {
  const from = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN)
  const to = Math.min(rows, Math.ceil((top + height) / rowHeight) + OVERSCAN)
  return { from: Math.min(from, to), to }
}
