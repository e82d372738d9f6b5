/** Names of an exported CSV, such that an import finds the same series. Pure. */
import type { SeriesInfo } from '../../../shared/model/series'

/** Columns that are no labels. */
const FIXED = /^(?:pipeline|source|series|time|time_ms|start|start_ms|end|end_ms|revision|value|unit)$|^\{.*\}$/s
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
