/** What a window asks of the readings of one series, and what it is told. Times are ms since the epoch. */
import { z } from 'zod'
import type { DurationMs, EpochMs } from '../model/time'

/** What a person may choose. */
export const ANALYSES = ['decompose', 'forecast', 'anomalies', 'spectrum', 'autocorrelation', 'histogram'] as const
export type AnalysisKind = (typeof ANALYSES)[number]

export const analysisRequest = z.strictObject({
  /** A newer request of the same number takes the place of one that is under way, which fails with REPLACED. */
  job: z.number().int(),
  series: z.number().int().min(0),
  what: z.enum([...ANALYSES, 'figures']),
  from: z.number(),
  to: z.number(),
  /** Of the season, in ms; null: it is looked for. */
  period: z.number().positive().nullable(),
})
export type AnalysisRequest = z.infer<typeof analysisRequest>

/** What was done to the readings so that they could be analysed. */
export interface AnalysisBasis {
  /** Readings that were looked at. */
  readonly readings: number
  /** Of the even grid that they were put on; null: they were taken as they are. */
  readonly step: DurationMs | null
  /** Each point of the grid is the mean of several readings. */
  readonly averaged: boolean
  /** Short holes were filled in a straight line. */
  readonly filled: boolean
  /** Long holes divide the range, and this is its longest part; null: it is whole. */
  readonly part: readonly [from: EpochMs, to: EpochMs] | null
}

/** Points follow each other from `start` on, one each `step`. */
interface OnGrid extends AnalysisBasis {
  readonly start: EpochMs
  readonly step: DurationMs
}

export interface DecomposeReport extends OnGrid {
  readonly what: 'decompose'
  readonly period: DurationMs
  readonly trend: Float64Array
  readonly season: Float64Array
  readonly residual: Float64Array
  /** From 0 to 1 (Wang, Smith, Hyndman 2006). */
  readonly trendStrength: number
  readonly seasonStrength: number
  /** How likely chance alone makes the residual as alike to itself later (Ljung–Box), and in such runs. */
  readonly ljungBox: number
  readonly runs: number
}

export interface ForecastReport extends OnGrid {
  readonly what: 'forecast'
  readonly period: DurationMs | null
  /** What was seen, and what was expected one step ahead. */
  readonly seen: Float64Array
  readonly fitted: Float64Array
  /** From the point after the last seen one on. */
  readonly mean: Float64Array
  readonly low: Float64Array
  readonly high: Float64Array
  /** Of those to come between low and high. */
  readonly coverage: number
  /** Root of the mean square of the errors one step ahead. */
  readonly error: number
}

export interface Anomaly {
  readonly time: EpochMs
  readonly value: number
  /** In [0, 1]. */
  readonly score: number
  readonly reason: 'spike' | 'level' | 'spread' | 'shape' | 'silence' | null
}

export interface AnomaliesReport extends AnalysisBasis {
  readonly what: 'anomalies'
  /** The highest of each run of alarms; of those within the range, at most 1,000. */
  readonly anomalies: readonly Anomaly[]
  /** Learning was not over yet at the end of the range. */
  readonly learning: boolean
}

export interface SpectrumReport extends AnalysisBasis {
  readonly what: 'spectrum'
  /** In Hz. */
  readonly frequency: Float64Array
  /** The square of the unit per Hz. */
  readonly density: Float64Array
  /** The highest peaks, with their share of the variance. */
  readonly peaks: readonly { readonly period: DurationMs; readonly share: number }[]
}

export interface AutocorrelationReport extends AnalysisBasis {
  readonly what: 'autocorrelation'
  /** Between lags. */
  readonly lagStep: DurationMs
  /** From lag 0 on. */
  readonly correlation: Float64Array
  /** 95 of 100 are within ± this where the readings are independent. */
  readonly bound: number
  readonly periods: readonly { readonly period: DurationMs; readonly correlation: number }[]
}

export interface HistogramReport extends AnalysisBasis {
  readonly what: 'histogram'
  /** One more than counts. */
  readonly edges: Float64Array
  readonly counts: Float64Array
}

/** For the table of the visible range. */
interface FiguresReport extends AnalysisBasis {
  readonly what: 'figures'
  /** Of a sample (n − 1); NaN of fewer than two. */
  readonly stddev: number
  /** By interpolation, as numpy; NaN of none. */
  readonly p95: number
  /** Steps longer than three usual ones. */
  readonly gaps: number
}

export type AnalysisReport =
  | DecomposeReport
  | ForecastReport
  | AnomaliesReport
  | SpectrumReport
  | AutocorrelationReport
  | HistogramReport
  | FiguresReport
