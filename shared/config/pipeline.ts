/** A pipeline is declarative: which series, which window, which statistics. */
import { z } from 'zod'
import { along } from './along'
import { duration } from './duration'

const positive = duration(1)

const offset = duration(-Number.MAX_SAFE_INTEGER)
  .default('0s')
  .describe('Shifts the windows: with a size of 1d and an offset of 6h the day begins at six.')
const size = positive.describe('Length of a window, such as 10m.')

export const windowKind = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tumbling'), size, offset }),
  z.strictObject({
    kind: z.literal('hopping'),
    size,
    slide: positive.describe('How far one window begins after the one before.'),
    offset,
  }),
  z.strictObject({
    kind: z.literal('cumulative'),
    size,
    step: positive.describe('A window grows by this up to the size, and gives a result at every step.'),
    offset,
  }),
  z.strictObject({
    kind: z.literal('session'),
    gap: positive.describe('A session ends when nothing came for this long.'),
  }),
  z.strictObject({
    kind: z.literal('calendar'),
    unit: z.enum(['hour', 'day', 'week', 'month']).describe('Weeks begin on Monday.'),
    zone: z.string().default('UTC').describe('IANA name of the zone, such as Europe/Berlin; its summer time counts.'),
    startsAt: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .default('00:00')
      .describe('Local time at which a day begins.'),
  }),
  z.strictObject({
    kind: z.literal('count'),
    size: z.number().int().min(1).describe('Readings in a window.'),
    slide: z.number().int().min(1).optional().describe('Readings between two windows; without it: the size.'),
  }),
  z.strictObject({ kind: z.literal('whole') }),
])
export type WindowKind = z.infer<typeof windowKind>

export const timing = z.strictObject({
  clock: z
    .enum(['series', 'source'])
    .default('series')
    .describe('series: every series has a clock of its own. source: the slowest partition of the source leads.'),
  outOfOrderness: duration().default('0s').describe('How far readings may come out of order; windows wait this long.'),
  allowedLateness: duration()
    .default('0s')
    .describe('For this long after a window fired, late readings still correct its result.'),
  idleAfter: duration(1).default('30s').describe('What has been silent for this long does not hold the others back.'),
  closeWhenQuiet: z.boolean().default(true).describe('Closes the windows of a live series that has gone quiet.'),
  repair: z
    .boolean()
    .default(true)
    .describe(
      'Windows that a reading came too late for are computed anew from the stored readings; not of count windows, nor of figures along a series.',
    ),
})

/** What of it the state of open windows depends on: whether windows that are over are repaired changes nothing there. */
export function clockSettings({ repair: _repair, ...settings }: z.infer<typeof timing>): object {
  return settings
}

/** `count, sum, mean, …` as SEMANTICS lists them; `p95`, `p99.9` for percentiles. */
export const aggregateName = z
  .string()
  .regex(
    /^(count|sum|mean|min|max|range|first|last|varPop|varSamp|stddevPop|stddevSamp|median|p(100|\d{1,2}(\.\d+)?)|distinct|delta|increase|rate|integral|timeWeightedMean|slope|missing)$/,
    'must be a statistic of a window such as count, sum, mean, min, max, stddevSamp or p95',
  )

/** Which series: `name{site="A", line=~"pump-*"}`, with globs in the name and after `=~`. */
const pattern = z.string().min(1)

/** A small formula such as `u * i` or `value > 0 && value < 100`; the guide lists what it may hold. */
const expression = z.string().min(1).max(1000)

/**
 * As-of join. The first input leads: each of its samples is joined with the newest sample of every other input at or
 * before its time, not older than `tolerance`; without one there is no joined sample.
 */
export const combination = z.strictObject({
  inputs: z
    .array(
      z.strictObject({
        as: z
          .string()
          .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
          .describe('What the input is called in the expression.'),
        series: pattern.describe('Which series, such as voltage{line="1"}.'),
      }),
    )
    .min(2)
    .max(8)
    .describe('The first leads: each of its readings is joined with the newest of every other.'),
  on: z
    .array(z.string().min(1))
    .default([])
    .describe('Labels in which joined series agree: one derived series for each of their values.'),
  tolerance: duration().default('10s').describe('How old the other readings may be.'),
  expression: expression.describe('What the joined readings become, such as u * i.'),
  name: z.string().min(1).describe('Name of the derived series.'),
})
export type Combination = z.infer<typeof combination>

/** The results of another pipeline as input, one of its statistics as their value. */
const upstream = z.strictObject({
  pipeline: z.string().min(1).describe('The id of that pipeline.'),
  statistic: aggregateName.describe('Which of its statistics is the value.'),
})

/** select → filter → scale → expression → combine → along → group → window → statistics. */
export const pipeline = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .describe('Stays the same for ever: stored results belong to it.'),
  name: z.string().min(1).describe('Shown to people; may change.'),
  enabled: z.boolean().default(true).describe('Whether it runs.'),
  source: z.string().min(1).optional().describe('The source whose series are taken; or else upstream.'),
  upstream: upstream.optional().describe('Takes the results of another pipeline instead of a source.'),
  select: z.array(pattern).default([]).describe('Series that match any of these patterns; none: all.'),
  filter: expression.optional().describe('Keeps readings for which it is true, such as value > 0.'),
  scale: z
    .strictObject({
      factor: z.number().default(1).describe('Multiplies the reading.'),
      offset: z.number().default(0).describe('Is added afterwards.'),
    })
    .optional()
    .describe('reading × factor + offset'),
  expression: expression.optional().describe('What a reading becomes, such as value * 1.8 + 32.'),
  combine: combination.optional().describe('Joins several series in time and computes one of them.'),
  along: along.optional().describe('Computes a figure along each series, reading by reading, in the order of time.'),
  unit: z.string().optional().describe('Of the values that go into the windows.'),
  window: windowKind.describe('Which stretches of time are summed up.'),
  time: timing.prefault({}).describe('When a window closes.'),
  groupBy: z
    .array(z.string().min(1))
    .default([])
    .describe('Labels: series that agree in them are summed up together; none: each series by itself.'),
  aggregates: z
    .array(aggregateName)
    .min(1)
    .default(['count', 'sum', 'mean', 'min', 'max', 'stddevSamp'])
    .describe('What is computed of each window; p95 and the like are percentiles.'),
})
export type Pipeline = z.infer<typeof pipeline>
