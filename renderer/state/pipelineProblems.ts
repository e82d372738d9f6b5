/** What is wrong with a setting of a pipeline, in the words of its form. */
import type { PipelineProblem } from '../../shared/ipc/engine'
import { t, tryTranslate } from './i18n.svelte'
import type { TranslationKey } from './i18n.svelte'
import { reasonText } from './reasons'

/** The schema says what a value is not; a person needs to know what to write. */
const WORDS: readonly (readonly [RegExp, TranslationKey])[] = [
  [/^(window\.(size|slide|step|gap|offset)|time\.|combine\.tolerance|along\.(over|period|season))/, 'problem.duration'],
  [/^along\.(readings|learning|lag)$/, 'problem.wholeNumber'],
  [/^along\.(threshold|least|most)$/, 'problem.number'],
  [/^window\.startsAt$/, 'problem.timeOfDay'],
  [/^scale\./, 'problem.number'],
  [/^combine\.inputs\.\d+\.as$/, 'problem.variable'],
  [/^(select|combine\.inputs)\./, 'problem.pattern'],
  [/^combine\.expression$/, 'problem.formula'],
  [/^combine\.name$/, 'problem.name'],
  [/^aggregates/, 'problem.statistics'],
  [/^(filter|expression)$/, 'problem.long'],
]

const LABELS: readonly (readonly [RegExp, TranslationKey])[] = [
  [/^(source|upstream)/, 'pipelines.input'],
  [/^select/, 'pipelines.series'],
  [/^scale/, 'pipelines.scale'],
  [/^combine\.inputs/, 'pipelines.inputs'],
  [/^combine\.expression/, 'pipelines.formula'],
  [/^combine\.name/, 'pipelines.resultName'],
  [/^combine\.on/, 'pipelines.on.labels'],
  [/^combine\.tolerance/, 'pipelines.tolerance'],
  [/^along/, 'pipelines.along'],
  [/^groupBy/, 'pipelines.groupBy'],
  [/^aggregates/, 'pipelines.statistics'],
]

/** @param counts true for windows of so many readings, whose size is a number. */
export function formalProblem(field: string, message: string, counts: boolean): PipelineProblem {
  if (counts && /^window\.(size|slide)$/.test(field)) return { field, message: t('problem.wholeNumber') }
  if (/time or a number/.test(message)) return { field, message: t('problem.timeOrCount') }
  const words = WORDS.find(([pattern]) => pattern.test(field))?.[1]
  return { field, message: words ? t(words) : reasonText(message) }
}

/** `Formula: expected a number …`, for where the field is out of sight. */
export function problemWithLabel({ field, message }: PipelineProblem): string {
  const key = LABELS.find(([pattern]) => pattern.test(field))?.[1]
  const made = field.replace(/^window\./, 'windowField.').replace(/^time\./, 'timing.')
  const label = key ? t(key) : (tryTranslate(made) ?? tryTranslate(`pipelines.${field}`) ?? field)
  return `${label}: ${reasonText(message)}`
}
