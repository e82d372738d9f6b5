/** The form of one alert rule: what is typed, what is wrong with it, what it would have done. Knows nothing of looks. */
import type { z } from 'zod'
import { alertRule } from '../../shared/config/alert'
import type { AlertRule } from '../../shared/config/alert'
import type { Pipeline } from '../../shared/config/pipeline'
import { rootSource } from '../../shared/config/workspace'
import type { AlertPreview } from '../../shared/ipc/alerts'
import type { CallError } from '../../shared/ipc/rpc'
import { compilePattern } from '../../shared/model/pattern'
import { formatSeries } from '../../shared/model/series'
import type { SeriesInfo } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import type { EngineConnection } from './connection.svelte'
import { conditionOf, partsOf, pathOfPart } from './conditionParts'
import type { ConditionPart, ConditionParts, PartDraft } from './conditionParts'
import { flatIssues } from './unionIssues'
import { valueAt, withValue } from './schemaFields'
import { uniqueId } from './slug'

type Draft = Readonly<Record<string, unknown>>
export const SIMPLE_KINDS = ['above', 'below', 'outside', 'inside', 'changes', 'silent'] as const
/** Those on a figure along the series stand alone. */
export const CONDITION_KINDS = [...SIMPLE_KINDS, 'anomaly', 'forecast-error'] as const
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
  readonly pipelines: readonly Pipeline[]
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
  /** Of the pipeline whose results are watched. */
  #keys = $state.raw<readonly SeriesInfo[]>([])
  #asked = 0

  readonly #parts = $derived.by(() => partsOf(this.draft['condition']))
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
    const of = this.parts?.parts[0]?.of ?? {}
    const number = of['threshold'] ?? of['faster'] ?? of['for'] ?? ''
    return [this.text('series').replace(/\{.*/, ''), this.kind, String(number)].filter((part) => part !== '').join(' ')
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
  /** The conditions in a list; null where they are nested deeper, which is written in the workspace file. */
  get parts(): ConditionParts | null {
    return this.#parts
  }
  /** Of the only condition; '' where there are more. */
  get kind(): string {
    if (this.follows) return this.statistic
    const parts = this.parts?.parts ?? []
    return parts.length === 1 ? String(parts[0]?.of['kind'] ?? '') : ''
  }
  /** It compares a figure along the series, not its readings. */
  get follows(): boolean {
    return this.statistic in FOLLOWING
  }
  /** A condition says what silence is. */
  get tellsSilence(): boolean {
    return this.parts?.parts.some(({ of }) => of['kind'] === 'silent') ?? false
  }
  /** `last`, or a statistic of a window. */
  get statistic(): string {
    return this.text('reduce.statistic') || 'last'
  }
  /** What may be watched: the series, or the keys of a pipeline. */
  get candidates(): readonly SeriesInfo[] {
    return this.text('results.pipeline') === '' ? this.around().series : this.#keys
  }
  get matching(): readonly SeriesInfo[] {
    try {
      return this.candidates.filter(compilePattern(this.text('series') || '\0'))
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

  /** @param path of a setting; `parts.1.threshold`: of the second condition */
  text(path: string): string {
    const part = partPath(path)
    const value = part === null ? valueAt(this.draft, path) : this.parts?.parts[part.at]?.of[part.field]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  isOn(path: string, fallback: boolean): boolean {
    const value = valueAt(this.draft, path)
    return typeof value === 'boolean' ? value : fallback
  }
  set(path: string, value: unknown): void {
    this.#typed = new Set([...this.#typed, path])
    const given = value === '' ? undefined : value
    const part = partPath(path)
    if (part === null) this.draft = withValue(this.draft, path, given)
    else this.changePart(part.at, ({ not, of }) => ({ not, of: withValue(of, part.field, given) }))
  }
  /** A number as typed; what is none stays text, and the schema says so. */
  setNumber(path: string, text: string): void {
    const number = Number(text)
    this.set(path, text.trim() === '' || Number.isNaN(number) ? text : number)
  }
  setKind(at: number, kind: string): void {
    const following = FOLLOWING[kind]
    const { reduce, ...rest } = this.draft
    if (following !== undefined) {
      this.draft = { ...rest, reduce: { statistic: kind }, condition: following }
      return
    }
    const { follows } = this
    this.draft = { ...rest, ...(follows ? {} : { reduce }) }
    this.changePart(at, ({ not, of }) => ({ not, of: firstOfKind(kind, follows ? undefined : of['threshold']) }))
  }
  addCondition(): void {
    const { join = 'and', parts = [] } = this.parts ?? {}
    this.draft = {
      ...this.draft,
      condition: conditionOf({ join, parts: [...parts, { not: false, of: { kind: 'above' } }] }),
    }
  }
  removeCondition(at: number): void {
    if (this.parts === null) return
    const parts = this.parts.parts.filter((_, i) => i !== at)
    this.#typed = new Set([...this.#typed].filter((path) => partPath(path) === null))
    this.draft = { ...this.draft, condition: conditionOf({ ...this.parts, parts }) }
  }
  setJoin(join: 'and' | 'or'): void {
    if (this.parts !== null) this.draft = { ...this.draft, condition: conditionOf({ ...this.parts, join }) }
  }
  negate(at: number, not: boolean): void {
    this.changePart(at, ({ of }) => ({ not, of }))
  }
  private changePart(at: number, change: (part: ConditionPart) => ConditionPart): void {
    if (this.parts === null) return
    const parts = this.parts.parts.map((part, i) => (i === at ? change(part) : part))
    this.draft = { ...this.draft, condition: conditionOf({ ...this.parts, parts }) }
  }
  /** @param pipeline whose results are watched; '': readings */
  setInput(pipeline: string): void {
    const { results: _results, reduce: _reduce, ...rest } = this.draft
    const statistics = this.statisticsOf(pipeline)
    const statistic = statistics.includes('mean') ? 'mean' : statistics[0]
    const condition = this.follows ? { kind: 'above' } : rest['condition']
    this.draft = { ...rest, condition, ...(pipeline === '' ? {} : { results: { pipeline, statistic } }) }
  }
  statisticsOf(pipeline: string): readonly string[] {
    return this.around().pipelines.find(({ id }) => id === pipeline)?.aggregates ?? []
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
    const part = partPath(path)
    const real = part === null || this.parts === null ? path : `${pathOfPart(this.parts, part.at)}.${part.field}`
    const within = (field: string): boolean => field === real || field.startsWith(`${real}.`)
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
    const to = this.around().newestEvent(this.sourcesOf(value, matching)) ?? Date.now()
    this.trying = true
    const outcome = await this.connection.call('previewAlert', { rule: value, from: to - this.span, to }, LONG_MS)
    if (asked !== this.#asked) return
    this.trying = false
    this.preview = outcome.ok ? outcome.value : null
    this.previewError = outcome.ok ? null : outcome.error
  }

  private sourcesOf({ results }: AlertRule, matching: readonly SeriesInfo[]): Set<string> {
    if (results === undefined) return new Set(matching.map(({ source }) => source))
    const { pipelines } = this.around()
    const reads = pipelines.find(({ id }) => id === results.pipeline)
    const source = reads === undefined ? undefined : rootSource(reads, pipelines)
    return new Set(source === undefined ? [] : [source])
  }

  /** The keys of the pipeline whose results are watched. */
  async loadKeys(): Promise<void> {
    const id = this.text('results.pipeline')
    if (id === '') return void (this.#keys = [])
    const keys = await this.connection.call('pipelineKeys', { id })
    if (keys.ok && id === this.text('results.pipeline')) this.#keys = keys.value
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

const partPath = (path: string): { readonly at: number; readonly field: string } | null => {
  const [, at, field] = /^parts\.(\d+)\.(\w+)$/.exec(path) ?? []
  return at === undefined || field === undefined ? null : { at: Number(at), field }
}

function firstOfKind(kind: string, threshold: unknown): PartDraft {
  if (kind === 'silent') return { kind, for: '1m' }
  if (kind === 'changes') return { kind, per: 's' }
  const kept = (kind === 'above' || kind === 'below') && threshold !== undefined
  return kept ? { kind, threshold } : { kind }
}
