/** The form of one alert rule: what is typed, what is wrong with it, what it would have done. Knows nothing of looks. */
import type { z } from 'zod'
import { alertRule } from '../../shared/config/alert'
import type { AlertRule } from '../../shared/config/alert'
import type { AlertPreview } from '../../shared/ipc/alerts'
import type { CallError } from '../../shared/ipc/rpc'
import { compilePattern } from '../../shared/model/pattern'
import { formatSeries } from '../../shared/model/series'
import type { SeriesInfo } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import type { EngineConnection } from './connection.svelte'
import { flatIssues } from './unionIssues'
import { valueAt, withValue } from './schemaFields'
import { uniqueId } from './slug'

type Draft = Readonly<Record<string, unknown>>
export const CONDITION_KINDS = [
  'above',
  'below',
  'outside',
  'inside',
  'changes',
  'silent',
  'anomaly',
  'forecast-error',
] as const
/** Conditions on a figure along the series: what they begin with. */
const FOLLOWING: Readonly<Record<string, Draft>> = {
  anomaly: { kind: 'above', threshold: 0.3 },
  'forecast-error': { kind: 'outside', least: -4, most: 4 },
}
/** History is read anew for each. */
const LONG_MS = 60_000
const HOUR: DurationMs = 3_600_000

export interface RuleSurroundings {
  readonly rules: readonly AlertRule[]
  readonly series: readonly SeriesInfo[]
  /** The newest event time of these sources; null: nothing came yet. */
  newestEvent(sources: Iterable<string>): EpochMs | null
}

export class RuleForm {
  draft = $state.raw<Draft>({})
  saving = $state(false)
  saveError = $state.raw<CallError | null>(null)
  span = $state<DurationMs>(24 * HOUR)
  preview = $state.raw<AlertPreview | null>(null)
  previewError = $state.raw<CallError | null>(null)
  trying = $state(false)
  #typed = $state.raw<ReadonlySet<string>>(new Set())
  #asked = 0

  readonly #parsed = $derived.by(() => alertRule.safeParse({ ...this.draft, id: this.id, name: this.name }))
  readonly #issues = $derived.by(() => (this.#parsed.success ? [] : flatIssues(this.#parsed.error.issues)))
  readonly #storedText = $derived.by(() => (this.stored ? JSON.stringify(this.stored) : ''))

  constructor(
    private readonly connection: EngineConnection,
    private readonly around: () => RuleSurroundings,
    private readonly storedId: string | null,
    first: SeriesInfo | null,
  ) {
    this.draft = this.stored ?? {
      ...(first === null ? {} : { series: formatSeries(first) }),
      condition: { kind: 'above' },
    }
  }

  /** As it is saved; null for a new one. */
  get stored(): AlertRule | null {
    return this.around().rules.find(({ id }) => id === this.storedId) ?? null
  }
  get id(): string {
    if (this.storedId !== null) return this.storedId
    return uniqueId(
      this.name,
      this.around().rules.map(({ id }) => id),
    )
  }
  get name(): string {
    return this.text('name').trim() || this.suggestion
  }
  /** What it is called where no name is typed. */
  get suggestion(): string {
    const threshold = this.text('condition.threshold') || this.text('condition.faster') || this.text('condition.for')
    return [this.text('series').replace(/\{.*/, ''), this.kind, threshold].filter((part) => part !== '').join(' ')
  }
  get value(): AlertRule | null {
    return this.#parsed.success ? this.#parsed.data : null
  }
  get changed(): boolean {
    return this.value !== null && JSON.stringify(this.value) !== this.#storedText
  }
  get ready(): boolean {
    return this.value !== null && (this.storedId === null || this.changed)
  }
  get kind(): string {
    return this.follows ? this.statistic : this.text('condition.kind')
  }
  /** It compares a figure along the series, not its readings. */
  get follows(): boolean {
    return this.statistic in FOLLOWING
  }
  /** Conditions joined by and, or and not are written in the workspace file. */
  get isComposite(): boolean {
    return !CONDITION_KINDS.some((kind) => kind === this.text('condition.kind'))
  }
  /** `last`, or a statistic of a window. */
  get statistic(): string {
    return this.text('reduce.statistic') || 'last'
  }
  get matching(): readonly SeriesInfo[] {
    try {
      return this.around().series.filter(compilePattern(this.text('series') || '\0'))
    } catch {
      return []
    }
  }
  /** Of the series that match, where they agree in it. */
  get unit(): string {
    if (this.follows) return ''
    const units = new Set(this.matching.map(({ unit }) => unit ?? ''))
    return units.size === 1 ? ([...units][0] ?? '') : ''
  }

  text(path: string): string {
    const value = valueAt(this.draft, path)
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  isOn(path: string, fallback: boolean): boolean {
    const value = valueAt(this.draft, path)
    return typeof value === 'boolean' ? value : fallback
  }
  set(path: string, value: unknown): void {
    this.#typed = new Set([...this.#typed, path])
    this.draft = withValue(this.draft, path, value === '' ? undefined : value)
  }
  /** A number as typed; what is none stays text, and the schema says so. */
  setNumber(path: string, text: string): void {
    const number = Number(text)
    this.set(path, text.trim() === '' || Number.isNaN(number) ? text : number)
  }
  setKind(kind: string): void {
    const following = FOLLOWING[kind]
    const { reduce, ...rest } = this.draft
    if (following !== undefined) {
      this.draft = { ...rest, reduce: { statistic: kind }, condition: following }
      return
    }
    const threshold = this.follows ? undefined : valueAt(this.draft, 'condition.threshold')
    const kept = (kind === 'above' || kind === 'below') && threshold !== undefined ? { threshold } : {}
    const more = kind === 'silent' ? { for: '1m' } : kind === 'changes' ? { per: 's' } : kept
    this.draft = { ...rest, ...(this.follows ? {} : { reduce }), condition: { kind, ...more } }
  }
  setStatistic(statistic: string): void {
    const window = this.text('reduce.window') || '5m'
    this.draft = { ...this.draft, reduce: statistic === 'last' ? { statistic } : { statistic, window } }
  }
  get outputs(): readonly string[] {
    const value = valueAt(this.draft, 'notify.outputs')
    return Array.isArray(value) ? value.map(String) : []
  }
  tellOutput(id: string, on: boolean): void {
    const others = this.outputs.filter((other) => other !== id)
    this.set('notify.outputs', on ? [...others, id] : others)
  }
  revert(): void {
    if (this.stored) this.draft = this.stored
    this.saveError = null
  }

  /** What is wrong with a setting; null where nothing is, or nothing was typed there yet. */
  problem(path: string): z.core.$ZodIssue | null {
    if (this.storedId === null && !this.#typed.has(path)) return null
    const within = (field: string): boolean => field === path || field.startsWith(`${path}.`)
    return this.#issues.find((issue) => within(issue.path.join('.'))) ?? null
  }
  /** The first of all that is wrong. */
  get firstProblem(): z.core.$ZodIssue | null {
    return this.#issues[0] ?? null
  }

  /** Runs the rule over what is stored. An older answer is dropped. */
  async try(): Promise<void> {
    const asked = ++this.#asked
    const { value, matching } = this
    if (value === null || matching.length === 0) {
      this.preview = null
      this.previewError = null
      return
    }
    const to = this.around().newestEvent(new Set(matching.map(({ source }) => source))) ?? Date.now()
    this.trying = true
    const outcome = await this.connection.call('previewAlert', { rule: value, from: to - this.span, to }, LONG_MS)
    if (asked !== this.#asked) return
    this.trying = false
    this.preview = outcome.ok ? outcome.value : null
    this.previewError = outcome.ok ? null : outcome.error
  }

  /** @returns the saved rule, or null where it was refused; `saveError` says why. */
  async save(): Promise<AlertRule | null> {
    const { value } = this
    if (value === null) return null
    this.saving = true
    this.saveError = null
    const outcome = await this.connection.call('saveAlertRule', { rule: value })
    this.saving = false
    if (outcome.ok) return outcome.value
    this.saveError = outcome.error
    return null
  }
}
