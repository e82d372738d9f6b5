/** What stands in the form of a pipeline, also half typed, and what it begins with. Pure. */
import type { Pipeline } from '../../shared/config/pipeline'
import { parseDuration } from '../../shared/model/time'
import { valueAt } from './schemaFields'

export type PipelineDraft = Readonly<Record<string, unknown>>
export type CombineInput = NonNullable<Pipeline['combine']>['inputs'][number]

const LENGTH = '10m'

export function newDraft(source: string | undefined): PipelineDraft {
  return {
    ...(source === undefined ? {} : { source }),
    window: { kind: 'tumbling', size: LENGTH },
    aggregates: ['count', 'mean', 'min', 'max'],
  }
}

export const firstCombination = (): object => ({
  inputs: [
    { as: 'a', series: '' },
    { as: 'b', series: '' },
  ],
  on: [],
  tolerance: '10s',
})

/** A window of another kind, of the length of the one before where it has one. */
export function changedWindow(kind: string, length: string): object {
  const size = parseDuration(length) === null ? LENGTH : length
  const made: Readonly<Record<string, object>> = {
    tumbling: { size },
    hopping: { size, slide: '1m' },
    cumulative: { size: '1d', step: '1h' },
    session: { gap: '5m' },
    calendar: { unit: 'day', zone: Intl.DateTimeFormat().resolvedOptions().timeZone },
    count: { size: 100 },
  }
  return { kind, ...made[kind] }
}

/** The next of a, b, c … that no input is called yet. */
export function nextInputName(inputs: readonly CombineInput[]): string {
  return 'abcdefgh'.split('').find((name) => !inputs.some((input) => input.as === name)) ?? 'x'
}

/** `temperature · 5m`: what is read, and in which stretches. */
export function suggestedName(draft: PipelineDraft, input: string | undefined): string {
  const text = (path: string): string => {
    const value = valueAt(draft, path)
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  const patterns = valueAt(draft, 'select')
  const first = Array.isArray(patterns) ? String(patterns[0] ?? '') : ''
  const what = text('combine.name') || first.replace(/\{.*/, '') || input || 'pipeline'
  const length = text('window.size') || text('window.gap') || text('window.unit')
  return [what.trim(), length].filter((part) => part !== '').join(' · ')
}
