/** The form of one pipeline: what is typed, what is wrong with it, what it would have produced. Knows nothing of looks. */
import { pipeline as pipelineSchema } from '../../shared/config/pipeline'
import type { Pipeline } from '../../shared/config/pipeline'
import type { PipelinePreview, PipelineProblem } from '../../shared/ipc/engine'
import type { CallError } from '../../shared/ipc/rpc'
import type { DurationMs } from '../../shared/model/time'
import type { EngineConnection } from './connection.svelte'
import { reasonText } from './reasons'
import { withValue } from './schemaFields'
import { uniqueId } from './slug'

export type PipelineDraft = Readonly<Record<string, unknown>>

export interface CombineInput {
  readonly as: string
  readonly series: string
}

const FIRST_COMBINE = {
  inputs: [
    { as: 'a', series: '' },
    { as: 'b', series: '' },
  ],
  on: [],
  tolerance: '10s',
  expression: '',
  name: '',
}

/** What a new pipeline begins with. */
export function newDraft(source: string | undefined): PipelineDraft {
  return {
    name: '',
    ...(source === undefined ? {} : { source }),
    window: { kind: 'tumbling', size: '10m' },
    aggregates: ['count', 'mean', 'min', 'max'],
  }
}

export class PipelineForm {
  draft = $state.raw<PipelineDraft>({})
  /** What the engine finds wrong beyond the form of the settings. */
  problems = $state.raw<readonly PipelineProblem[]>([])
  saving = $state(false)
  saveError = $state.raw<CallError | null>(null)
  preview = $state.raw<PipelinePreview | null>(null)
  previewError = $state.raw<CallError | null>(null)
  previewing = $state(false)
  span = $state<DurationMs>(3_600_000)
  /** Which statistic the preview draws. */
  statistic = $state('mean')
  /** Something was typed, so that what is missing may be said. */
  touched = $state(false)
  #asked = 0

  constructor(
    private readonly connection: EngineConnection,
    private readonly taken: () => readonly string[],
    private readonly stored: Pipeline | undefined,
    source: string | undefined,
  ) {
    this.draft = stored ?? newDraft(source)
    this.statistic = this.aggregates.includes('mean') ? 'mean' : (this.aggregates[0] ?? 'mean')
  }

  readonly #parsed = $derived.by(() => pipelineSchema.safeParse({ ...this.draft, id: this.id, name: this.name }))

  get id(): string {
    return this.stored?.id ?? uniqueId(this.name, this.taken())
  }
  get name(): string {
    return this.text('name').trim() || this.text('combine.name') || 'pipeline'
  }
  /** The definition, where the form of all settings is right. */
  get value(): Pipeline | null {
    return this.#parsed.success ? this.#parsed.data : null
  }
  get aggregates(): readonly string[] {
    return this.list('aggregates')
  }
  get combine(): { readonly inputs: readonly CombineInput[] } | undefined {
    return this.draft['combine'] as { readonly inputs: readonly CombineInput[] } | undefined
  }
  get ready(): boolean {
    return this.#parsed.success && this.problems.length === 0 && this.aggregates.length > 0
  }

  text(path: string): string {
    const value = path
      .split('.')
      .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], this.draft)
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  list(path: string): readonly string[] {
    const [head = '', tail] = path.split('.')
    const at = tail === undefined ? this.draft[head] : (this.draft[head] as Record<string, unknown> | undefined)?.[tail]
    return Array.isArray(at) ? (at as string[]) : []
  }

  set(path: string, value: unknown): void {
    this.touched = true
    this.draft = withValue(this.draft, path, value === '' ? undefined : value)
  }
  /** A number as typed; what is none stays text, and the schema says so. */
  setNumber(path: string, text: string): void {
    const number = Number(text)
    this.set(path, text.trim() === '' || Number.isNaN(number) ? text : number)
  }
  setInput(text: string): void {
    const [kind, id] = text.split('\0')
    this.touched = true
    const { source: _source, upstream: _upstream, ...rest } = this.draft
    this.draft =
      kind === 'source' ? { ...rest, source: id } : { ...rest, upstream: { pipeline: id, statistic: 'mean' } }
  }
  setWindow(kind: string): void {
    const size = this.text('window.size') || this.text('window.gap') || '10m'
    const length = /^\d+$/.test(size) ? '10m' : size
    const made: Readonly<Record<string, object>> = {
      tumbling: { size: length },
      hopping: { size: length, slide: '1m' },
      cumulative: { size: '1d', step: '1h' },
      session: { gap: '5m' },
      calendar: { unit: 'day', zone: Intl.DateTimeFormat().resolvedOptions().timeZone },
      count: { size: 100 },
      whole: {},
    }
    this.set('window', { kind, ...made[kind] })
  }
  tick(aggregate: string, on: boolean): void {
    const rest = this.aggregates.filter((name) => name !== aggregate)
    this.set('aggregates', on ? [...rest, aggregate] : rest)
    if (!on && this.statistic === aggregate) this.statistic = rest[0] ?? 'mean'
  }
  combineOn(on: boolean): void {
    this.set('combine', on ? FIRST_COMBINE : undefined)
  }
  setInputs(inputs: readonly CombineInput[]): void {
    this.set('combine.inputs', inputs)
  }

  /** What is wrong with a setting, or with one inside of it; null where nothing is, or nothing was typed yet. */
  problem(path: string): string | null {
    const within = (field: string): boolean => field === path || field.startsWith(`${path}.`)
    const formal = this.#parsed.success
      ? undefined
      : this.#parsed.error.issues.find((issue) => within(issue.path.join('.')))
    if (formal) return this.touched ? reasonText(formal.message) : null
    const found = this.problems.find(({ field }) => within(field))
    return found ? reasonText(found.message) : null
  }

  /** Asks the engine; an older answer that comes late is dropped. */
  async check(): Promise<void> {
    const asked = ++this.#asked
    const { value } = this
    this.problems = []
    if (!value) return void (this.preview = null)
    const found = await this.connection.call('checkPipeline', { pipeline: value })
    if (asked !== this.#asked) return
    this.problems = found.ok ? found.value : []
    if (this.problems.length > 0 || !found.ok) return void (this.preview = null)
    this.previewing = true
    const statistic = this.aggregates.includes(this.statistic) ? this.statistic : (this.aggregates[0] ?? 'mean')
    const outcome = await this.connection.call(
      'previewPipeline',
      { pipeline: value, span: this.span, statistic },
      120_000,
    )
    if (asked !== this.#asked) return
    this.previewing = false
    this.preview = outcome.ok ? outcome.value : null
    this.previewError = outcome.ok ? null : outcome.error
  }

  /** @returns the saved pipeline, or null where it was refused; `saveError` says why. */
  async save(): Promise<Pipeline | null> {
    const { value } = this
    this.touched = true
    if (!value) return null
    this.saving = true
    this.saveError = null
    const outcome = await this.connection.call('savePipeline', { pipeline: value })
    this.saving = false
    if (outcome.ok) return outcome.value
    this.saveError = outcome.error
    return null
  }
}
