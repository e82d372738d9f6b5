/** Figures along a series as the form offers them, what it asks for each, and what each begins with. Pure. */
import type { Along, AlongFigure } from '../../shared/config/along'

/** In the order of the list: smoothing, change, parts, what is unusual, what repeats itself. */
export const ALONG_FIGURES = [
  ...['ewma', 'moving-average', 'cumulative-sum', 'derivative', 'z-score', 'trend', 'season', 'residual'],
  ...[
    'forecast',
    'forecast-error',
    'anomaly',
    'change-point',
    'autocorrelation',
    'period',
    'power',
    'randomness',
    'share',
  ],
] as readonly AlongFigure[]

export type AlongField =
  | { readonly kind: 'time' | 'number'; readonly name: string; readonly placeholder?: string }
  | { readonly kind: 'choice'; readonly name: string; readonly options: readonly string[] }
  | { readonly kind: 'switch'; readonly name: string }

const season: AlongField = { kind: 'time', name: 'season', placeholder: '1d' }
const period: AlongField = { kind: 'time', name: 'period' }
const number = (name: string): AlongField => ({ kind: 'number', name })
const moving: readonly AlongField[] = [{ kind: 'time', name: 'over' }, number('readings')]

const FIELDS: Readonly<Record<AlongFigure, readonly AlongField[]>> = {
  ewma: moving,
  'moving-average': moving,
  'cumulative-sum': [],
  derivative: [
    { kind: 'choice', name: 'per', options: ['s', 'min', 'h'] },
    { kind: 'switch', name: 'counter' },
  ],
  'z-score': [number('readings')],
  trend: [period],
  season: [period],
  residual: [period],
  'change-point': [
    { kind: 'choice', name: 'method', options: ['page-hinkley', 'cusum'] },
    number('learning'),
    number('threshold'),
  ],
  forecast: [{ kind: 'choice', name: 'bound', options: ['expected', 'low', 'high'] }, season],
  'forecast-error': [season],
  anomaly: [],
  autocorrelation: [number('lag'), number('readings')],
  period: [number('readings')],
  randomness: [number('readings')],
  power: [period, number('readings')],
  share: [number('least'), number('most'), number('readings')],
}
export const alongFields = (figure: string): readonly AlongField[] => FIELDS[figure as AlongFigure] ?? []

const BEGINNINGS: Readonly<Partial<Record<AlongFigure, object>>> = {
  ewma: { over: '5m' },
  'moving-average': { over: '5m' },
  derivative: { per: 's' },
  'z-score': { readings: 100 },
  trend: { period: '1d' },
  season: { period: '1d' },
  residual: { period: '1d' },
  'change-point': { method: 'page-hinkley', learning: 200, threshold: 10 },
  forecast: { bound: 'expected' },
  autocorrelation: { lag: 1, readings: 1000 },
  period: { readings: 1000 },
  randomness: { readings: 1000 },
  power: { period: '1h', readings: 1000 },
  share: { readings: 1000 },
}
/** What a figure is when it is chosen. */
export const firstAlong = (figure: string): Partial<Along> =>
  ({ figure, ...BEGINNINGS[figure as AlongFigure] }) as Partial<Along>
