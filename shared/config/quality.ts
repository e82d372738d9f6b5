/** Checks of a source's readings: what a reading must be like, and what becomes of one that is not. */
import { z } from 'zod'
import { compilePattern } from '../model/pattern'
import { duration } from './duration'
import './field'

const ofCheck = (...is: string[]) => [{ field: 'check', is }]

export const qualityCheck = z
  .strictObject({
    series: z
      .string()
      .default('*')
      .meta({ form: { code: true } })
      .describe('Which series, by name and labels: temperature*, {device="boiler"}; * stands for all.'),
    check: z
      .enum(['range', 'type', 'unit', 'step', 'stuck', 'duplicate', 'future'])
      .default('range')
      .describe(
        'range: between two numbers; type: whole numbers, or 0 and 1; unit: the unit that the record names in the label unit; step: how far from the reading before; stuck: one value for too long; duplicate: time and value of the reading before; future: too far ahead of the arrival (takes the place of maxAhead).',
      ),
    least: z
      .number()
      .optional()
      .meta({ form: { when: ofCheck('range') } })
      .describe('Smaller readings are wrong.'),
    most: z
      .number()
      .optional()
      .meta({ form: { when: ofCheck('range', 'step') } })
      .describe('Larger readings, or steps, are wrong.'),
    after: duration()
      .optional()
      .meta({ form: { when: ofCheck('stuck', 'future') } })
      .describe('How long a value may stay the same, or how far ahead it may be.'),
    type: z
      .enum(['integer', 'boolean'])
      .default('integer')
      .meta({ form: { when: ofCheck('type') } })
      .describe('integer: whole numbers; boolean: 0 and 1.'),
    unit: z
      .string()
      .min(1)
      .optional()
      .meta({ form: { when: ofCheck('unit') } })
      .describe('The unit that readings must have, such as °C.'),
    then: z
      .enum(['reject', 'correct', 'pass'])
      .default('reject')
      .describe(
        'reject: not stored, and listed with the rejected records; correct: the nearest right value (the limit, a whole number, the other unit, the reading before), a gap where it is stuck, the arrival where it is ahead, one of two; pass: only counted.',
      ),
  })
  .superRefine((value, context) => {
    const missing = (path: 'least' | 'most' | 'after' | 'unit', message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message })
    const { check, least, most } = value
    if (check === 'range' && least === undefined && most === undefined)
      missing('least', 'give the least, the most, or both')
    if (least !== undefined && most !== undefined && check === 'range' && least > most)
      missing('most', 'must not be below the least')
    if (check === 'step' && !(most !== undefined && most > 0)) missing('most', 'give the largest step')
    if ((check === 'stuck' || check === 'future') && value.after === undefined) missing('after', 'give a duration')
    if (check === 'unit' && value.unit === undefined) missing('unit', 'give the unit')
    try {
      compilePattern(value.series)
    } catch (error) {
      context.addIssue({ code: 'custom', path: ['series'], message: error instanceof Error ? error.message : 'wrong' })
    }
  })
export type QualityCheck = z.infer<typeof qualityCheck>

export const quality = z.strictObject({
  checks: z
    .array(qualityCheck)
    .default([])
    .meta({ form: { mayBeEmpty: true } })
    .describe('Run in this order on every reading of the series; the first that rejects it is the last.'),
})
