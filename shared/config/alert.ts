/** An alert rule is declarative: which series, what must hold for how long, and what silence means. */
import { z } from 'zod'
import { compilePattern, PatternError } from '../model/pattern'
import { duration } from './duration'

/** The conditions of one rule that look at a value; each keeps one bit per key. */
export const CONDITION_LIMIT = 32

const recovery = z
  .number()
  .optional()
  .describe('Once met, it is met until the value reaches this; without it: the threshold itself.')
const bounds = {
  least: z.number().describe('The lower bound, itself inside.'),
  most: z.number().describe('The upper bound, itself inside.'),
  margin: z.number().min(0).default(0).describe('Once met, it is met until the value is past a bound by this much.'),
}

const above = z
  .strictObject({ kind: z.literal('above'), threshold: z.number().describe('Met by larger values.'), recovery })
  .refine(({ threshold, recovery: back = threshold }) => back <= threshold, 'recovers at or below its threshold')
const below = z
  .strictObject({ kind: z.literal('below'), threshold: z.number().describe('Met by smaller values.'), recovery })
  .refine(({ threshold, recovery: back = threshold }) => back >= threshold, 'recovers at or above its threshold')
const inside = z
  .strictObject({ kind: z.literal('inside'), ...bounds })
  .refine(({ least, most }) => least <= most, 'least is above most')
const outside = z
  .strictObject({ kind: z.literal('outside'), ...bounds })
  .refine(({ least, most, margin }) => least + margin <= most - margin, 'leaves no value at which it recovers')

const valueCondition = z.union([above, below, inside, outside])
export type ValueCondition = z.infer<typeof valueCondition>

/** What must hold of one key; composite conditions look at the same key. */
export type AlertCondition =
  | ValueCondition
  | { kind: 'and'; of: AlertCondition[] }
  | { kind: 'or'; of: AlertCondition[] }
  | { kind: 'not'; of: AlertCondition }

const condition: z.ZodType<AlertCondition> = z.lazy(() =>
  z.union([
    valueCondition,
    z.strictObject({ kind: z.enum(['and', 'or']), of: z.array(condition).min(2) }),
    z.strictObject({ kind: z.literal('not'), of: condition }),
  ]),
)

function countValueConditions(entry: AlertCondition): number {
  if (entry.kind === 'not') return countValueConditions(entry.of)
  if (entry.kind === 'and' || entry.kind === 'or')
    return entry.of.reduce((sum, part) => sum + countValueConditions(part), 0)
  return 1
}

const series = z.string().superRefine((text, context) => {
  try {
    compilePattern(text)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
})

export const alertRule = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .describe('Stays the same for ever: stored changes belong to it.'),
  name: z.string().min(1).describe('Shown to people; may change.'),
  enabled: z.boolean().default(true).describe('Whether it is evaluated.'),
  series: series.describe('Which series, by name and labels; every one has a state of its own.'),
  condition: condition
    .refine(
      (entry) => countValueConditions(entry) <= CONDITION_LIMIT,
      `has more than ${CONDITION_LIMIT} conditions on values`,
    )
    .describe('What must hold of the newest reading.'),
  for: duration().default('0s').describe('How long it must hold, by the times of the readings.'),
  keepFiringFor: duration().default('0s').describe('How long it must no longer hold before the alert is over.'),
  silence: z
    .strictObject({
      after: duration(1).default('1m').describe('A series without a reading for this long is silent.'),
      means: z
        .enum(['alert', 'ok', 'keep'])
        .default('keep')
        .describe('alert: silence is an alert itself; ok: it ends the alert; keep: nothing changes.'),
    })
    .prefault({})
    .describe('What it means when no readings come.'),
  severity: z.enum(['info', 'warning', 'critical']).default('warning').describe('How bad it is.'),
})
export type AlertRule = z.infer<typeof alertRule>
