/** The form of one source: what is typed, tested and saved. Knows nothing of how it looks. */
import { decoding as decodingSchema } from '../../shared/config/decoding'
import { quality as qualitySchema } from '../../shared/config/quality'
import { source as sourceSchema } from '../../shared/config/workspace'
import type { SourceConfig, SourceInput, Workspace } from '../../shared/config/workspace'
import type { DesktopApi } from '../../shared/ipc/desktop'
import type { TestReport } from '../../shared/ipc/engine'
import type { CallError } from '../../shared/ipc/rpc'
import { proposeTemplate } from './brokerUrl'
import { issueText } from './issueText'
import type { EngineConnection } from './connection.svelte'
import { DecodePreview } from './decodePreview.svelte'
import { Discovery } from './discovery.svelte'
import { FieldChoice } from './fieldChoice.svelte'
import { FormValues } from './formValues.svelte'
import { valueAt } from './schemaFields'
import { uniqueId } from './slug'
import { readAddress } from './sourceAddress'
import { addressText, kindSchema, knowsKind, scopeOf } from './sourceKinds'

/** The ticked fields have a table of their own. */
const decodingFields = decodingSchema.omit({ fields: true })

export class SourceForm {
  name = $state('')
  windowSize = $state('1m')
  keepSamples = $state<SourceConfig['keepSamples']>('disk')
  memoryFor = $state('1h')
  /** Null until the user chose one, or pasted an address that tells. */
  kind = $state<string | null>(null)
  readonly connection: FormValues
  readonly decoding = new FormValues(decodingFields, 'form.decoding')
  readonly quality = new FormValues(qualitySchema, 'form.quality')
  readonly choice = new FieldChoice()
  readonly discovery: Discovery
  readonly preview: DecodePreview

  busy = $state<'test' | 'save' | null>(null)
  report = $state.raw<TestReport | null>(null)
  /** What the report proposes stands in the settings. */
  taken = $state(false)
  testError = $state.raw<CallError | null>(null)
  saveError = $state.raw<CallError | null>(null)
  nameIssue = $state<string | null>(null)
  #id: string | null = null
  /** Only the newest test counts: the user may change the settings and test again. */
  #tests = 0

  constructor(
    private readonly engine: EngineConnection,
    private readonly desktop: Pick<DesktopApi, 'saveSecrets' | 'secretNames'>,
    private readonly takenIds: () => readonly string[],
    private readonly stored?: SourceConfig,
    workspace?: Workspace | null,
  ) {
    const kind = stored?.connection.kind ?? 'mqtt'
    this.connection = new FormValues(kindSchema(kind), scopeOf(kind), { kind })
    this.discovery = new Discovery(engine)
    this.preview = new DecodePreview(engine)
    if (stored) this.#load(stored, workspace ?? null)
  }

  get id(): string {
    return this.#id ?? uniqueId(this.name || this.#place(), this.takenIds())
  }

  choose(kind: string): void {
    this.kind = kind
    this.connection.become(kindSchema(kind), scopeOf(kind), { kind })
    this.report = this.testError = null
    this.discovery.forget()
    this.decoding.values = this.quality.values = {}
    this.choice.clear()
  }

  /** @returns true where the text was an address that could be taken apart. */
  paste(text: string): boolean {
    const address = readAddress(text)
    if (!address || !knowsKind(address.kind)) return false
    if (address.kind !== this.kind) this.choose(address.kind)
    for (const [path, value] of Object.entries(address.values))
      if (this.connection.fields.some((field) => field.path === path)) this.connection.set(path, value)
    for (const [name, value] of Object.entries(address.secrets)) this.connection.setSecret(name, value)
    return true
  }

  async test(): Promise<void> {
    const source = this.validated()
    if (!source) return
    const run = ++this.#tests
    this.busy = 'test'
    this.testError = this.report = null
    const outcome = await this.engine.call('testSource', { source, secrets: this.connection.typedSecrets() }, 60_000)
    if (run !== this.#tests) return
    this.busy = null
    if (!outcome.ok) return void (this.testError = outcome.error)
    this.report = outcome.value
    this.taken = false
    // A new source takes over what was found, shown with its reasons; a stored one keeps its settings until asked.
    if (!this.stored) this.takeProposal()
    this.showPreview()
  }

  /** Puts what the test found into the settings. */
  takeProposal(): void {
    const { report } = this
    if (!report) return
    const { format, csv, labels, key, precision } = report
    if (format) this.decoding.set('format', format)
    if (csv) {
      this.decoding.set('columns', [...csv.columns])
      this.decoding.set('delimiter', csv.delimiter)
    }
    if (precision) this.decoding.set('precision', precision.value)
    if (labels.length > 0)
      this.decoding.set(
        'labels',
        labels.map(({ name, path }) => ({ name, path })),
      )
    const template = key?.template ?? proposeTemplate(this.#firstFilter())
    if (template && !valueAt(this.decoding.values, 'topicTemplate')) this.decoding.set('topicTemplate', template)
    if (this.stored) this.choice.clear()
    this.choice.take(report)
    this.taken = true
  }

  discover(): void {
    const list = this.connection.fields.find(({ hint }) => hint.discover)
    const source = this.validated(list?.path)
    if (source) void this.discovery.start(source, this.connection.typedSecrets())
  }

  /** Decodes the records of the test with the settings as they stand. */
  showPreview(): void {
    this.preview.show(this.report?.records ?? [], this.#decoding(), this.choice.time())
  }

  /** @returns the saved source, or null where it was refused; `saveError` says why. */
  async save(): Promise<SourceConfig | null> {
    const source = this.validated()
    if (!source) return null
    this.busy = 'save'
    this.saveError = null
    const secrets = this.connection.typedSecrets()
    const kept = Object.keys(secrets).length > 0 ? await this.desktop.saveSecrets(source.id, secrets) : null
    const outcome =
      kept && !kept.ok ? kept : await this.engine.call('saveSource', { source, windowSize: this.windowSize })
    this.busy = null
    if (outcome.ok) return outcome.value
    this.saveError = outcome.error
    return null
  }

  #load(stored: SourceConfig, workspace: Workspace | null): void {
    this.#id = stored.id
    this.kind = stored.connection.kind
    this.name = stored.name
    this.keepSamples = stored.keepSamples
    this.memoryFor = stored.memoryFor
    this.connection.values = { ...stored.connection }
    const { fields: _fields, ...decoding } = stored.decoding
    this.decoding.values = decoding
    this.quality.values = stored.quality
    this.choice.load(stored.decoding, stored.time)
    const window = workspace?.pipelines.find((pipeline) => pipeline.source === stored.id)?.window
    if (window?.kind === 'tumbling') this.windowSize = window.size
    void this.desktop.secretNames(stored.id).then((names) => {
      if (names.ok) this.connection.kept = names.value
    })
  }

  #place(): string {
    const address = addressText(this.connection.values)
    if (this.kind === 'file') return address.split(/[\\/]/).at(-1) ?? ''
    return address.replace(/^\w+:\/\//, '').replace(/[:/,].*$/, '')
  }

  #firstFilter(): string {
    const list = this.connection.fields.find(({ hint }) => hint.discover)
    return list ? (this.connection.names(list)[0] ?? '') : ''
  }

  #decoding(): Record<string, unknown> {
    const { fields } = this.choice.decoding()
    return { ...this.decoding.settings(), ...(fields ? { fields } : {}) }
  }

  /** @param anything a list that need not be filled yet, because what it could hold is looked for. */
  validated(anything?: string): SourceInput | null {
    const draft = {
      id: this.id,
      name: this.name.trim() || this.#place() || this.id,
      enabled: this.stored?.enabled ?? true,
      connection: this.connection.settings(),
      decoding: this.#decoding(),
      time: this.choice.time(),
      quality: this.quality.settings(),
      keepSamples: this.keepSamples,
      memoryFor: this.memoryFor,
    }
    const list = this.connection.fields.find(({ path }) => path === anything)
    if (list && this.connection.names(list).every((name) => name === ''))
      draft.connection = { ...draft.connection, [list.path]: [placeholder(list.columns[0]?.path)] }
    const parsed = sourceSchema.safeParse(draft)
    const issues = (parsed.error?.issues ?? []).map((issue) => [issue.path.join('.'), issueText(issue)] as const)
    const under = (prefix: string): Map<string, string> =>
      new Map(issues.filter(([at]) => at.startsWith(prefix)).map(([at, text]) => [at.slice(prefix.length), text]))
    this.connection.issues = under('connection.')
    this.decoding.issues = under('decoding.')
    this.quality.issues = under('quality.')
    this.nameIssue = issues.find(([at]) => at === 'name')?.[1] ?? null
    return parsed.success ? parsed.data : null
  }
}

/** Stands in a list that is about to be filled; never saved. */
const placeholder = (column: string | undefined): unknown => (column === undefined ? 'any' : { [column]: '#' })
