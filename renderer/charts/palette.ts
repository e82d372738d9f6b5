/** Colours for canvases, read from the token sheet: a canvas knows no CSS variables. */

export interface Palette {
  readonly ink2: string
  readonly ink3: string
  readonly grid: string
  readonly lineStrong: string
  readonly mute: string
  readonly surface: string
  readonly crit: string
  readonly warn: string
  readonly ok: string
  readonly font: string
  /** Index 1–8. */
  readonly series: readonly string[]
}

const known = new Map<string, Palette>()

/** @param theme the theme whose values are in force; each is read once. */
export function readPalette(theme: string): Palette {
  const found = known.get(theme)
  if (found) return found
  const style = getComputedStyle(document.documentElement)
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  const palette: Palette = {
    ink2: token('ink-2'),
    ink3: token('ink-3'),
    grid: token('grid'),
    lineStrong: token('line-strong'),
    mute: token('mute'),
    surface: token('surface'),
    crit: token('crit'),
    warn: token('warn'),
    ok: token('ok'),
    font: token('sans'),
    series: ['', ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => token(`series-${n}`))],
  }
  known.set(theme, palette)
  return palette
}
