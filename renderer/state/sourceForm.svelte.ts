/** The form of one source: what is typed, tested and saved. Knows nothing of how it looks. */
import { source as sourceSchema } from '../../shared/config/workspace'
import { kafkaConnection } from '../../shared/config/sources/kafka'
import { mqttConnection } from '../../shared/config/sources/mqtt'
import { tcpConnection } from '../../shared/config/sources/tcp'
import { udpConnection } from '../../shared/config/sources/udp'
import { websocketConnection } from '../../shared/config/sources/websocket'
import { fileConnection } from '../../shared/config/sources/file'
import { demoConnection } from '../../shared/config/sources/demo'
import type { Decoding } from '../../shared/config/decoding'
import type { SourceConfig, SourceInput, Workspace } from '../../shared/config/workspace'
import type { DesktopApi } from '../../shared/ipc/desktop'
import type { TestReport } from '../../shared/ipc/engine'
import type { CallError } from '../../shared/ipc/rpc'
import { proposeTemplate, splitBrokerUrl } from './brokerUrl'
import type { EngineConnection } from './connection.svelte'
import { FieldChoice } from './fieldChoice.svelte'
import { schemaFields, withValue } from './schemaFields'
import type { SchemaField } from './schemaFields'
import { uniqueId } from './slug'

export interface Subscription {
  readonly filter: string
  readonly qos: 0 | 1
  readonly share?: string
}

const schemas = {
  mqtt: mqttConnection,
  kafka: kafkaConnection,
  tcp: tcpConnection,
  websocket: websocketConnection,
  udp: udpConnection,
  file: fileConnection,
  demo: demoConnection,
} as const
const LISTEN_MS = 10_000

export class SourceForm {
  name = $state('')
  values = $state.raw<Record<string, unknown>>({ kind: 'mqtt', url: '' })
  subscriptions = $state.raw<readonly Subscription[]>([{ filter: '', qos: 1 }])
  password = $state('')
  passwordKept = $state(false)
  format = $state<Decoding['format']>('json')
  topicTemplate = $state('')
  windowSize = $state('1m')
  readonly choice = new FieldChoice()

  busy = $state<'test' | 'save' | 'discover' | null>(null)
  report = $state.raw<TestReport | null>(null)
  testError = $state.raw<CallError | null>(null)
  saveError = $state.raw<CallError | null>(null)
  topics = $state.raw<readonly { readonly topic: string; readonly count: number }[] | null>(null)
  /** What is wrong with the input, by path; shown once something was tried. */
  issues = $state.raw<ReadonlyMap<string, string>>(new Map())
  #templateTouched = false
  #id: string | null = null

  constructor(
    private readonly connection: EngineConnection,
    private readonly desktop: Pick<DesktopApi, 'saveSecrets' | 'secretNames'>,
    private readonly taken: () => readonly string[],
    stored?: SourceConfig,
    workspace?: Workspace | null,
  ) {
    if (stored) this.#load(stored, workspace ?? null)
  }

  get kind(): keyof typeof schemas {
    return this.values['kind'] as keyof typeof schemas
  }
  get fields(): SchemaField[] {
    return schemaFields(schemas[this.kind])
  }
  get id(): string {
    return this.#id ?? uniqueId(this.name || this.#host(), this.taken())
  }

  set(path: string, value: unknown): void {
    this.values = withValue(this.values, path, value === '' ? undefined : value)
  }

  /** @returns true where the text was an address with a login, and has been taken apart. */
  pasteUrl(text: string): boolean {
    const parts = splitBrokerUrl(text)
    if (!parts) return false
    this.set('url', parts.url)
    if (parts.user !== undefined) this.set('user', parts.user)
    if (parts.password !== undefined) this.password = parts.password
    return true
  }

  setSubscription(index: number, change: Partial<Subscription>): void {
    this.subscriptions = this.subscriptions.map((row, at) => (at === index ? { ...row, ...change } : row))
    if (!this.#templateTouched) this.topicTemplate = proposeTemplate(this.subscriptions[0]?.filter ?? '') ?? ''
  }
  addSubscription(filter = ''): void {
    const rows = this.subscriptions.filter((row) => row.filter !== '')
    if (filter && rows.some((row) => row.filter === filter)) return
    this.subscriptions = filter ? [...rows, { filter, qos: 1 }] : [...this.subscriptions, { filter, qos: 1 }]
  }
  removeSubscription(index: number): void {
    const rest = this.subscriptions.filter((_, at) => at !== index)
    this.subscriptions = rest.length > 0 ? rest : [{ filter: '', qos: 1 }]
  }
  setTemplate(text: string): void {
    this.#templateTouched = true
    this.topicTemplate = text
  }

  async test(): Promise<void> {
    const source = this.#validated()
    if (!source) return
    this.busy = 'test'
    this.testError = null
    this.report = null
    const outcome = await this.connection.call('testSource', { source, secrets: this.#secrets() }, 60_000)
    this.busy = null
    if (!outcome.ok) return void (this.testError = outcome.error)
    this.report = outcome.value
    this.choice.take(outcome.value)
  }

  async discover(): Promise<void> {
    const source = this.#validated(true)
    if (!source) return
    this.busy = 'discover'
    this.testError = null
    this.topics = null
    const outcome = await this.connection.call(
      'discoverTopics',
      { source, secrets: this.#secrets(), listenMs: LISTEN_MS },
      LISTEN_MS + 30_000,
    )
    this.busy = null
    if (outcome.ok) this.topics = outcome.value
    else this.testError = outcome.error
  }

  /** @returns the saved source, or null where it was refused; `saveError` says why. */
  async save(): Promise<SourceConfig | null> {
    const source = this.#validated()
    if (!source) return null
    this.busy = 'save'
    this.saveError = null
    const secrets = this.#secrets()
    const kept = Object.keys(secrets).length > 0 ? await this.desktop.saveSecrets(source.id, secrets) : null
    const outcome =
      kept && !kept.ok ? kept : await this.connection.call('saveSource', { source, windowSize: this.windowSize })
    this.busy = null
    if (outcome.ok) return outcome.value
    this.saveError = outcome.error
    return null
  }

  #load(stored: SourceConfig, workspace: Workspace | null): void {
    this.#id = stored.id
    this.name = stored.name
    this.values = { ...stored.connection }
    if (stored.connection.kind === 'mqtt')
      this.subscriptions = stored.connection.subscriptions.map(({ share, ...row }) => (share ? { ...row, share } : row))
    this.format = stored.decoding.format
    this.topicTemplate = stored.decoding.topicTemplate ?? ''
    this.#templateTouched = true
    this.choice.load(stored.decoding, stored.time)
    const window = workspace?.pipelines.find((pipeline) => pipeline.source === stored.id)?.window
    if (window?.kind === 'tumbling') this.windowSize = window.size
    void this.desktop
      .secretNames(stored.id)
      .then((names) => (this.passwordKept = names.ok && names.value.includes('password')))
  }

  #secrets(): Record<string, string> {
    return this.kind === 'mqtt' && this.password ? { password: this.password } : {}
  }

  #host(): string {
    return typeof this.values['url'] === 'string'
      ? this.values['url'].replace(/^\w+:\/\//, '').replace(/[:/].*$/, '')
      : ''
  }

  /** @param anyTopic while looking for topics, none need be named yet. */
  #validated(anyTopic = false): SourceInput | null {
    const subscriptions = this.subscriptions.filter((row) => row.filter.trim() !== '')
    const rows = anyTopic && subscriptions.length === 0 ? [{ filter: '#', qos: 0 }] : subscriptions
    const template = this.topicTemplate.trim()
    const draft = {
      id: this.id,
      name: this.name.trim() || this.#host() || this.id,
      connection: this.kind === 'mqtt' ? { ...this.values, subscriptions: rows } : this.values,
      decoding: {
        format: this.format,
        ...this.choice.decoding(),
        ...(template && this.kind === 'mqtt' ? { topicTemplate: template } : {}),
      },
      time: this.choice.time(),
    }
    const parsed = sourceSchema.safeParse(draft)
    const issues = parsed.success ? [] : parsed.error.issues
    this.issues = new Map(
      issues.map((issue) => [issue.path.filter((step) => step !== 'connection').join('.'), issue.message]),
    )
    return parsed.success ? parsed.data : null
  }
}
