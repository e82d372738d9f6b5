/** Names and text cells of an exported CSV, such that an import finds the same series. Pure. */
import type { SeriesInfo } from '../../../shared/model/series'

/** Columns that are no labels. */
const FIXED = /^(?:pipeline|source|series|time|time_ms|start|start_ms|end|end_ms|revision|value|unit)$|^\{.*\}$/s
/** A text that a spreadsheet would run, after any number of quotes. */
const FORMULA = /^'*[=+\-@\t\r]/
/** What a pattern takes without quotes. */
const PLAIN_NAME = /^[^{"[\]\s][^{"[\]]*$/
const PLAIN_LABEL = /^[\p{L}\p{N}_.:-]+$/u

/** Every label that any of them has. */
export function labelNames(series: readonly SeriesInfo[]): string[] {
  return [...new Set(series.flatMap((info) => Object.keys(info.labels)))].sort()
}

/** The column of a label; in braces where it would be taken for another. */
export const labelColumn = (name: string): string => (FIXED.test(name) ? `{${name}}` : name)

/** `source name{device="boiler"} [°C]`: the source, a pattern that means this series alone, and the unit. */
export function wideName({ source, name, labels, unit }: SeriesInfo, withUnit: boolean): string {
  const quoted = (text: string, plain: RegExp): string => (plain.test(text) ? text : JSON.stringify(text))
  const matchers = Object.keys(labels)
    .sort()
    .map((label) => `${quoted(label, PLAIN_LABEL)}=${JSON.stringify(labels[label])}`)
  const pattern = `${quoted(name, PLAIN_NAME)}${matchers.length === 0 ? '' : `{${matchers.join(', ')}}`}`
  const told = withUnit && unit !== undefined && !/[[\]]/.test(unit)
  return `${source} ${pattern}${told ? ` [${unit}]` : ''}`
}

/**
 * Quotes a text cell where it must: an empty text is not the same as none. With `guard` a leading = + - @ TAB CR gets a
 * quote, so that no spreadsheet runs it; what looks guarded already gets one in any case, so that one can be taken off.
 */
export function textCell(text: string | null, delimiter: string, guard: boolean): string {
  if (text === null) return ''
  const guarded = FORMULA.test(text) && (guard || text.startsWith("'")) ? `'${text}` : text
  const quoted = guarded === '' || guarded.includes(delimiter) || /["\r\n]/.test(guarded)
  return quoted ? `"${guarded.replaceAll('"', '""')}"` : guarded
}

/** The text of a cell that `textCell` wrote. */
export const unguarded = (text: string): string => (text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text)
