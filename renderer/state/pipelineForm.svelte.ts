/** The form of one pipeline: what is typed, what is wrong with it, what it would have produced. Knows nothing of looks. */
import { pipeline as pipelineSchema } from '../../shared/config/pipeline'
import type { Pipeline } from '../../shared/config/pipeline'
import type { PipelineProblem } from '../../shared/ipc/engine'
import type { CallError } from '../../shared/ipc/rpc'
import { compileSelection } from '../../shared/model/pattern'
import type { SeriesInfo } from '../../shared/model/series'
import type { EngineConnection } from './connection.svelte'
import { firstAlong } from './alongFigures'
import { changedWindow, firstCombination, newDraft, suggestedName } from './pipelineDraft'
import type { CombineInput, PipelineDraft } from './pipelineDraft'
import { PipelinePreview } from './pipelinePreview.svelte'
import { formalProblem } from './pipelineProblems'
import { valueAt, withValue } from './schemaFields'
import { uniqueId } from './slug'

/** What the form must know of the workspace; read anew whenever it changes. */
export interface Surroundings {
  readonly pipelines: readonly Pipeline[]
  readonly sources: readonly { readonly id: string; readonly name: string }[]
  readonly series: readonly SeriesInfo[]
}

export class PipelineForm {
  draft = $state.raw<PipelineDraft>({})
  saving = $state(false)
  saveError = $state.raw<CallError | null>(null)
  readonly preview: PipelinePreview
  /** What the engine finds wrong beyond the form of the settings; of the draft that it saw last. */
  #found = $state.raw<readonly PipelineProblem[]>([])
  /** Settings that were typed: what is missing elsewhere is not held against anyone yet. */
  #typed = $state.raw<ReadonlySet<string>>(new Set())
  #upstreamKeys = $state.raw<readonly SeriesInfo[]>([])
  #asked = 0

  constructor(
    private readonly connection: EngineConnection,
    private readonly around: () => Surroundings,
    private readonly storedId: string | null,
  ) {
    this.preview = new PipelinePreview(connection)
    this.draft = this.stored ?? newDraft(around().sources[0]?.id)
  }

  readonly #parsed = $derived.by(() =>
    pipelineSchema.safeParse({
      ...this.draft,
      select: this.list('select').filter((pattern) => pattern.trim() !== ''),
      id: this.id,
      name: this.name,
      enabled: this.stored?.enabled ?? true,
    }),
  )
  readonly #formal = $derived.by(() =>
    (this.#parsed.success ? [] : this.#parsed.error.issues).map(({ path, message }) =>
      formalProblem(path.join('.'), message, this.text('window.kind') === 'count'),
    ),
  )
  readonly #changed = $derived.by(() => this.value !== null && JSON.stringify(this.value) !== this.#storedText)
  readonly #storedText = $derived.by(() => (this.stored ? JSON.stringify(pipelineSchema.parse(this.stored)) : ''))

  /** As it is saved; null for a new one. */
  get stored(): Pipeline | null {
    return this.around().pipelines.find(({ id }) => id === this.storedId) ?? null
  }
  get id(): string {
    if (this.storedId !== null) return this.storedId
    const taken = this.around().pipelines.map(({ id }) => id)
    return uniqueId(this.name, taken)
  }
  get name(): string {
    return this.text('name').trim() || this.suggestion
  }
  /** What it is called where no name is typed. */
  get suggestion(): string {
    const { sources, pipelines } = this.around()
    const from = sources.find(({ id }) => id === this.text('source'))?.name
    return suggestedName(this.draft, from ?? pipelines.find(({ id }) => id === this.text('upstream.pipeline'))?.name)
  }
  /** The definition, where the form of all settings is right. */
  get value(): Pipeline | null {
    return this.#parsed.success ? this.#parsed.data : null
  }
  get changed(): boolean {
    return this.#changed
  }
  get aggregates(): readonly string[] {
    return this.list('aggregates')
  }
  get inputs(): readonly CombineInput[] | null {
    return (valueAt(this.draft, 'combine.inputs') as readonly CombineInput[] | undefined) ?? null
  }
  /** Everything that is wrong, also where nothing was typed yet. */
  get problems(): readonly PipelineProblem[] {
    return this.#formal.length > 0 ? this.#formal : this.#found
  }
  get ready(): boolean {
    return this.problems.length === 0 && (this.storedId === null || this.changed)
  }
  /** What the pipeline reads: series of a source, or the keys of another pipeline. */
  get inputSeries(): readonly SeriesInfo[] {
    if (this.text('upstream.pipeline') !== '') return this.#upstreamKeys
    return this.around().series.filter((info) => info.source === this.text('source'))
  }
  /** How many series the patterns mean; null where one of them cannot be read. */
  get matching(): { readonly found: number; readonly all: number } | null {
    if (!this.value) return null
    try {
      return {
        found: this.inputSeries.filter(compileSelection(this.value.select)).length,
        all: this.inputSeries.length,
      }
    } catch {
      return null
    }
  }

  text(path: string): string {
    const value = valueAt(this.draft, path)
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  list(path: string): readonly string[] {
    const value = valueAt(this.draft, path)
    return Array.isArray(value) ? (value as string[]) : []
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
  /** @param text `source` or `pipeline` and the id, with a zero byte between them */
  setInput(text: string): void {
    const [kind, id] = text.split('\0')
    const { source: _source, upstream: _upstream, ...rest } = this.draft
    if (kind === 'source') return void (this.draft = { ...rest, source: id })
    const kept = this.around().pipelines.find((entry) => entry.id === id)?.aggregates ?? []
    const statistic = kept.includes('mean') ? 'mean' : kept[0]
    this.draft = { ...rest, upstream: { pipeline: id, statistic } }
  }
  setWindow(kind: string): void {
    this.draft = { ...this.draft, window: changedWindow(kind, this.text('window.size') || this.text('window.gap')) }
  }
  tick(aggregate: string, on: boolean): void {
    const rest = this.aggregates.filter((name) => name !== aggregate)
    this.set('aggregates', on ? [...rest, aggregate] : rest)
  }
  combineOn(on: boolean): void {
    this.draft = withValue(this.draft, 'combine', on ? firstCombination() : undefined)
  }
  /** @param figure '': none */
  setAlong(figure: string): void {
    this.draft = withValue(this.draft, 'along', figure === '' ? undefined : firstAlong(figure))
  }
  changeInput(index: number, changed: Partial<CombineInput>): void {
    for (const name of Object.keys(changed)) this.#typed = new Set([...this.#typed, `combine.inputs.${index}.${name}`])
    this.setInputs((this.inputs ?? []).map((input, at) => (at === index ? { ...input, ...changed } : input)))
  }
  setInputs(inputs: readonly CombineInput[]): void {
    this.draft = withValue(this.draft, 'combine.inputs', inputs)
  }
  /** Back to what is saved. */
  revert(): void {
    if (this.stored) this.draft = this.stored
    this.saveError = null
  }

  /** What is wrong with a setting, or with one inside of it; null where nothing is, or nothing was typed there yet. */
  problem(path: string): string | null {
    const within = (field: string, whole: string): boolean => field === whole || field.startsWith(`${whole}.`)
    const known = this.storedId !== null || this.problems === this.#found
    return (
      this.problems.find(
        ({ field }) => within(field, path) && (known || [...this.#typed].some((typed) => within(field, typed))),
      )?.message ?? null
    )
  }
  /** Of a row of the patterns; rows that are empty are not in the definition. */
  patternProblem(row: number): string | null {
    const rows = this.list('select')
    if ((rows[row] ?? '').trim() === '') return null
    return this.problem(`select.${rows.slice(0, row).filter((text) => text.trim() !== '').length}`)
  }

  /** Asks the engine what is wrong, and where nothing is, what it would have produced. An older answer is dropped. */
  async check(): Promise<void> {
    const asked = ++this.#asked
    const { value } = this
    if (!value) return this.preview.clear()
    const found = await this.connection.call('checkPipeline', { pipeline: value })
    if (asked !== this.#asked) return
    this.#found = found.ok ? found.value : []
    if (!found.ok || found.value.length > 0) return this.preview.clear()
    await this.preview.show(value)
  }

  /** The keys of the pipeline that is read: their labels are offered, and they are counted. */
  async loadUpstreamKeys(): Promise<void> {
    const id = this.text('upstream.pipeline')
    this.#upstreamKeys = []
    if (id === '') return
    const keys = await this.connection.call('pipelineKeys', { id })
    if (keys.ok && id === this.text('upstream.pipeline')) this.#upstreamKeys = keys.value
  }

  /** @returns the saved pipeline, or null where it was refused; `saveError` says why. */
  async save(): Promise<Pipeline | null> {
    const { value } = this
    if (!value || !this.ready) return null
    this.saving = true
    this.saveError = null
    const outcome = await this.connection.call('savePipeline', { pipeline: value })
    this.saving = false
    if (outcome.ok) return outcome.value
    this.saveError = outcome.error
    return null
  }
}
