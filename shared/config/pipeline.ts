/** A pipeline is declarative: which series, which window, which statistics. */
import { z } from 'zod'
import { duration } from './duration'

const positive = duration(1)

export const windowKind = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('tumbling'),
    size: positive,
    offset: duration(-Number.MAX_SAFE_INTEGER).default('0s'),
  }),
  z.strictObject({
    kind: z.literal('hopping'),
    size: positive,
    slide: positive,
    offset: duration(-Number.MAX_SAFE_INTEGER).default('0s'),
  }),
  z.strictObject({
    kind: z.literal('cumulative'),
    size: positive,
    step: positive,
    offset: duration(-Number.MAX_SAFE_INTEGER).default('0s'),
  }),
  z.strictObject({ kind: z.literal('session'), gap: positive }),
  z.strictObject({
    kind: z.literal('calendar'),
    unit: z.enum(['hour', 'day', 'week', 'month']),
    zone: z.string().default('UTC'),
    startsAt: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .default('00:00'),
  }),
  z.strictObject({
    kind: z.literal('count'),
    size: z.number().int().min(1),
    slide: z.number().int().min(1).optional(),
  }),
  z.strictObject({ kind: z.literal('whole') }),
])
export type WindowKind = z.infer<typeof windowKind>

export const timing = z.strictObject({
  clock: z.enum(['series', 'source']).default('series'),
  outOfOrderness: duration().default('0s'),
  allowedLateness: duration().default('0s'),
  idleAfter: duration(1).default('30s'),
  closeWhenQuiet: z.boolean().default(true),
})

/** `count, sum, mean, …` as SEMANTICS lists them; `p95`, `p99.9` for percentiles. */
export const aggregateName = z
  .string()
  .regex(
    /^(count|sum|mean|min|max|range|first|last|varPop|varSamp|stddevPop|stddevSamp|median|p(100|\d{1,2}(\.\d+)?)|distinct|delta|increase|rate|integral|timeWeightedMean|slope|missing)$/,
    'must be a statistic of a window such as count, sum, mean, min, max, stddevSamp or p95',
  )

export const pipeline = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  name: z.string().min(1),
  enabled: z.boolean().default(true),
  /** The source whose series are aggregated. */
  source: z.string().min(1),
  window: windowKind,
  time: timing.prefault({}),
  groupBy: z.array(z.string().min(1)).default([]),
  aggregates: z.array(aggregateName).min(1).default(['count', 'sum', 'mean', 'min', 'max', 'stddevSamp']),
})
export type Pipeline = z.infer<typeof pipeline>
