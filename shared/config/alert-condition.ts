/** What must hold for an alert: conditions on a value, on how fast it changes, on silence, and what is made of them. */
import { z } from 'zod'
import { duration } from './duration'

/** The simple conditions of one rule; each keeps one bit per key. */
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

const changes = z
  .strictObject({
    kind: z.literal('changes'),
    faster: z.number().min(0).describe('Met by a larger change from one reading to the next.'),
    per: z.enum(['s', 'min', 'h']).default('s').describe('The time that the change is counted in.'),
    direction: z.enum(['either', 'rise', 'fall']).default('either').describe('Which changes are looked at.'),
    recovery: z.number().min(0).optional().describe('Once met, it is met until the change is no faster than this.'),
  })
  .refine(({ faster, recovery: back = faster }) => back <= faster, 'recovers at or below its threshold')

const valueCondition = z.union([above, below, inside, outside])
export type ValueCondition = z.infer<typeof valueCondition>
export type ChangeCondition = z.infer<typeof changes>

const silent = z.strictObject({
  kind: z.literal('silent'),
  for: duration(1).describe('Met when no reading came for this long, by the clock of the series.'),
})

const simple = z.union([valueCondition, changes, silent])
export type SimpleCondition = z.infer<typeof simple>

/** What must hold of one key; composite conditions look at the same key. */
export type AlertCondition =
  | SimpleCondition
  | { kind: 'and'; of: AlertCondition[] }
  | { kind: 'or'; of: AlertCondition[] }
  | { kind: 'not'; of: AlertCondition }

/** One object however often it is asked for, so that the JSON schema of it has an end. */
const nested: z.ZodType<AlertCondition> = z.lazy(() => anyCondition)
const anyCondition: z.ZodType<AlertCondition> = z.union([
  simple,
  z.strictObject({
    kind: z.enum(['and', 'or']).describe('Whether all of them must hold, or any.'),
    of: z.array(nested).min(2).describe('Conditions on the same series.'),
  }),
  z.strictObject({ kind: z.literal('not'), of: nested.describe('Must not hold.') }),
])

/** The simple conditions that it is made of, in their order. */
export function simpleConditions(entry: AlertCondition): SimpleCondition[] {
  if (entry.kind === 'not') return simpleConditions(entry.of)
  if (entry.kind === 'and' || entry.kind === 'or') return entry.of.flatMap(simpleConditions)
  return [entry]
}

export const alertCondition = nested
  .refine(
    (entry) => simpleConditions(entry).length <= CONDITION_LIMIT,
    `has more than ${CONDITION_LIMIT} simple conditions`,
  )
  .describe('What must hold.')
