/** The statistics of a window, in the groups of the form; any other name that the form holds is a percentile. */
export const STATISTIC_GROUPS = [
  ['basic', ['count', 'sum', 'mean', 'min', 'max', 'range']],
  ['spread', ['stddevSamp', 'stddevPop', 'varSamp', 'varPop']],
  ['order', ['median', 'first', 'last']],
  ['steps', ['delta', 'increase', 'rate', 'integral', 'timeWeightedMean']],
  ['other', ['slope', 'distinct', 'missing']],
] as const

export const PERCENTILES = ['p5', 'p95', 'p99'] as const

const named: ReadonlySet<string> = new Set(STATISTIC_GROUPS.flatMap(([, names]) => [...names]))

export const isPercentile = (name: string): boolean => !named.has(name)

/** `95`, `p95` and `P 99.9` as the name of a percentile; null for what is none. */
export function percentileName(text: string): string | null {
  const found = /^p?\s*(100|\d{1,2}(?:\.\d+)?)$/i.exec(text.trim())
  return found ? `p${found[1]}` : null
}
