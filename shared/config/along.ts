/** A figure along a series, computed reading by reading: what becomes of the readings before they go into windows. */
import { z } from 'zod'
import { duration } from './duration'

const positive = duration(1)
const readings = (least: number) => z.number().int().min(least).max(100_000)
const season = positive
  .optional()
  .describe('After which the series repeats itself, such as 1d. The first one is learned from. Without it: none.')
const period = positive.describe('After which the series repeats itself, such as 1d. The first one is learned from.')
const last = readings(8).default(1000).describe('How many of the last readings are looked at.')

const moving = (name: 'ewma' | 'moving-average', over: string) =>
  z
    .strictObject({
      figure: z.literal(name),
      over: positive.optional().describe(over),
      readings: readings(1).optional().describe('Instead of a time: so many readings.'),
    })
    .superRefine(({ over, readings: count }, context) => {
      if ((over === undefined) !== (count === undefined)) return
      const path = [count === undefined ? 'over' : 'readings']
      context.addIssue({ code: 'custom', path, message: 'give a time or a number of readings' })
    })

export const along = z.discriminatedUnion('figure', [
  moving('ewma', 'The half-life: a reading this old counts half.').describe(
    'Exponentially weighted moving mean. With readings n the newest counts 2 / (n + 1).',
  ),
  moving('moving-average', 'The mean of the readings of so long.').describe('Mean of the last readings.'),
  z.strictObject({ figure: z.literal('cumulative-sum') }).describe('Sum of all readings so far.'),
  z
    .strictObject({
      figure: z.literal('derivative'),
      per: z.enum(['s', 'min', 'h']).default('s').describe('The time that the change is counted in.'),
      counter: z.boolean().default(false).describe('The series is a counter: a fall means that it began anew.'),
    })
    .describe('How fast the readings change.'),
  z
    .strictObject({
      figure: z.literal('z-score'),
      readings: readings(2).default(100).describe('Against so many readings before it.'),
    })
    .describe('How many standard deviations a reading is from the mean of those before it.'),
  z
    .strictObject({ figure: z.enum(['trend', 'season', 'residual']).describe('Which of the parts.'), period })
    .describe(
      'One of the three parts that add up to the reading: what is left without the season, the season, the rest.',
    ),
  z
    .strictObject({
      figure: z.literal('change-point'),
      method: z
        .enum(['cusum', 'page-hinkley'])
        .default('page-hinkley')
        .describe('cusum: against a level that is learned once. page-hinkley: against one that goes on learning.'),
      learning: readings(2).default(200).describe('So many readings tell the level and the spread.'),
      threshold: z.number().positive().default(10).describe('A sum of deviations beyond it is a change.'),
    })
    .describe('1 where the series is found to have risen to another level, −1 where it has fallen, otherwise 0.'),
  z
    .strictObject({
      figure: z.literal('forecast'),
      bound: z
        .enum(['expected', 'low', 'high'])
        .default('expected')
        .describe('The forecast itself, or one of its bounds.'),
      season,
    })
    .describe('What a reading was expected to be before it came, or a bound of where 95 of 100 were expected.'),
  z
    .strictObject({ figure: z.literal('forecast-error'), season })
    .describe('How far a reading is from what was expected, in usual errors of that.'),
  z.strictObject({ figure: z.literal('anomaly') }).describe('How unusual a reading is, from 0 to 1; 0.3 is an alarm.'),
  z
    .strictObject({
      figure: z.literal('autocorrelation'),
      lag: readings(1).default(1).describe('How many readings later.'),
      readings: last,
    })
    .refine(({ lag, readings: all }) => lag < all, { path: ['lag'], message: 'must be less than the readings' })
    .describe('How alike the series is to itself some readings later, from −1 to 1.'),
  z
    .strictObject({ figure: z.literal('period'), readings: last })
    .describe('After how many seconds the last readings repeat themselves most clearly. Nothing where they do not.'),
  z
    .strictObject({ figure: z.literal('randomness'), readings: last })
    .describe(
      'How likely chance alone makes the last readings as alike to those before them as they are, from 0 to 1.',
    ),
  z
    .strictObject({
      figure: z.literal('power'),
      period: positive.describe('Of the swing, such as 20ms or 1d.'),
      readings: last,
    })
    .describe('Share of the variance of the last readings that is a swing of this period, from 0 to 1.'),
  z
    .strictObject({
      figure: z.literal('share'),
      least: z.number().describe('The lower bound, itself inside.'),
      most: z.number().describe('The upper bound, itself inside.'),
      readings: last,
    })
    .refine(({ least, most }) => least <= most, { path: ['most'], message: 'least is above most' })
    .describe('Share of the last readings that lie within bounds, from 0 to 1: a bar of their histogram.'),
])
export type Along = z.infer<typeof along>
export type AlongFigure = Along['figure']
