/** An alert rule is declarative: which series, what must hold for how long, what silence means, and who is told. */
import { z } from 'zod'
import { compilePattern, PatternError } from '../model/pattern'
import { alertCondition, simpleConditions } from './alert-condition'
import { duration } from './duration'
import { aggregateName } from './pipeline'

/** The rule that every source has without one being made: it tells that the source is not live. */
export const SOURCE_DOWN = 'source-down'

const series = z.string().superRefine((text, context) => {
  try {
    compilePattern(text)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
})

const reduction = z
  .union([
    z.strictObject({ statistic: z.literal('last') }),
    z.strictObject({
      statistic: aggregateName
        .refine((name) => name !== 'last' && name !== 'missing', 'has no window')
        .describe('A statistic of a window, such as mean, max, count, p95 or rate.'),
      window: duration(1).describe('Over the readings of so long before each reading, and itself.'),
    }),
    z.strictObject({
      statistic: z
        .literal('anomaly')
        .describe('How unusual a reading is against what its series did before, from 0 to 1; 0.3 is an alarm.'),
    }),
    z.strictObject({
      statistic: z
        .literal('forecast-error')
        .describe('How far a reading is from what was to be expected, in usual errors of that; negative below it.'),
      season: duration(1000)
        .optional()
        .describe(
          'After which the series repeats itself, such as 1d. The first one is learned from. Without it: none.',
        ),
    }),
  ])
  .default({ statistic: 'last' })
export type AlertReduction = z.infer<typeof reduction>
/** A figure along the series instead of its readings. */
export type FollowingReduction = Extract<AlertReduction, { statistic: 'anomaly' | 'forecast-error' }>

export const isFollowing = (reduce: AlertReduction): reduce is FollowingReduction =>
  reduce.statistic === 'anomaly' || reduce.statistic === 'forecast-error'

/** The unit of what is compared, where it is known: a score, a number of errors or a count is not in that of the readings. */
export const comparedUnit = (reduce: AlertReduction | undefined, unit: string): string =>
  reduce !== undefined && (isFollowing(reduce) || /^(count|distinct)/.test(reduce.statistic)) ? '' : unit

const severity = z.enum(['info', 'warning', 'critical']).describe('How bad it is.')

const notifications = z
  .strictObject({
    desktop: z.boolean().default(true).describe('A notification on the desktop.'),
    sound: z.boolean().default(false).describe('With a sound.'),
    outputs: z.array(z.string().min(1)).default([]).describe('The ids of outputs that are told.'),
  })
  .prefault({})

const silence = z
  .strictObject({
    after: duration(1).default('1m').describe('A series without a reading for this long is silent.'),
    means: z
      .enum(['alert', 'ok', 'keep'])
      .default('keep')
      .describe('alert: silence is an alert itself; ok: it ends the alert; keep: nothing changes.'),
  })
  .prefault({})

/** The rule that every source has: it is not live for so long. */
export const sourceDown = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether people are told.'),
  after: duration(1000).default('30s').describe('How long a source may be away.'),
  severity: severity.default('critical'),
  notify: notifications.describe('Who is told when it goes and when it is back.'),
  repeatEvery: duration(60_000).optional().describe('Tells of it again this often, until it is acknowledged.'),
})

export const alertRule = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/)
      .refine((id) => id !== SOURCE_DOWN, 'is the name of a rule that every source has')
      .describe('Stays the same for ever: stored changes belong to it.'),
    name: z.string().min(1).describe('Shown to people; may change.'),
    enabled: z.boolean().default(true).describe('Whether it is evaluated.'),
    series: series.describe('Which series, by name and labels; every one has a state of its own.'),
    results: z
      .strictObject({
        pipeline: z.string().min(1).describe('The id of the pipeline.'),
        statistic: aggregateName.describe('Which of its statistics is the value.'),
      })
      .optional()
      .describe('Looks at the results that a pipeline has for these series, not at their readings.'),
    reduce: reduction.describe('What becomes of the readings before they are compared.'),
    condition: alertCondition,
    for: duration().default('0s').describe('How long it must hold, by the times of the readings.'),
    keepFiringFor: duration().default('0s').describe('How long it must no longer hold before the alert is over.'),
    silence: silence.describe('What it means when no readings come.'),
    severity: severity.default('warning'),
    notify: notifications.describe('Who is told when it begins and when it is over.'),
    repeatEvery: duration(60_000)
      .optional()
      .describe('Tells of it again this often while it lasts, until it is acknowledged.'),
  })
  .refine(
    ({ condition, silence: { means } }) =>
      means === 'keep' || !simpleConditions(condition).some(({ kind }) => kind === 'silent'),
    { path: ['silence', 'means'], message: 'is keep where a condition says what silence is' },
  )
export type AlertRule = z.infer<typeof alertRule>
