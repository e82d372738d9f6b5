/** The form of one output: what is typed, tested and saved. Knows nothing of how it looks. */
import { isForPeople, output as outputOf, outputSecrets, takesResults } from '../../shared/config/output'
import type { OutputConfig, OutputInput } from '../../shared/config/output'
import type { DesktopApi } from '../../shared/ipc/desktop'
import type { OutputTest } from '../../shared/ipc/outputs'
import type { CallError } from '../../shared/ipc/rpc'
import type { EngineConnection } from './connection.svelte'
import { FormValues } from './formValues.svelte'
import { issueText } from './issueText'
import { kindName } from './sourceKinds'
import { outputSchema, outputScope } from './outputKinds'
import { uniqueId } from './slug'

/** A server of mail may take its time. */
const TEST_MS = 60_000

export class OutputForm {
  name = $state('')
  /** Null until one is chosen. */
  kind = $state<string | null>(null)
  readonly connection: FormValues
  pipelines = $state.raw<readonly string[]>([])
  alerts = $state<OutputConfig['alerts']>('named')
  groupFor = $state('5s')
  atMostEvery = $state('1m')

  busy = $state<'test' | 'save' | null>(null)
  tested = $state.raw<OutputTest | null>(null)
  testError = $state.raw<CallError | null>(null)
  saveError = $state.raw<CallError | null>(null)
  /** By setting outside of the connection. */
  issues = $state.raw<ReadonlyMap<string, string>>(new Map())
  readonly #id: string | null

  constructor(
    private readonly engine: EngineConnection,
    private readonly desktop: Pick<DesktopApi, 'saveSecrets' | 'secretNames'>,
    private readonly takenIds: () => readonly string[],
    private readonly stored?: OutputConfig,
  ) {
    const kind = stored?.connection.kind ?? 'mqtt'
    this.connection = new FormValues(outputSchema(kind), outputScope(kind), { kind })
    this.#id = stored?.id ?? null
    if (stored) this.#load(stored)
  }

  get id(): string {
    return this.#id ?? uniqueId(this.name || this.suggestion, this.takenIds())
  }

  /** What it is called where no name is typed. */
  get suggestion(): string {
    return this.kind === null ? '' : kindName(this.kind)
  }

  /** Alerts are grouped and put into words. */
  get forPeople(): boolean {
    return isForPeople({ kind: this.kind ?? '' })
  }

  get takesResults(): boolean {
    const { preset } = this.connection.values
    return takesResults({ kind: this.kind ?? '', ...(typeof preset === 'string' ? { preset } : {}) })
  }
  get wasTested(): boolean {
    return this.tested !== null || this.testError !== null
  }

  choose(kind: string): void {
    this.kind = kind
    this.connection.become(outputSchema(kind), outputScope(kind), { kind })
    this.#forget()
  }

  takePipeline(id: string, on: boolean): void {
    this.pipelines = on ? [...this.pipelines, id] : this.pipelines.filter((other) => other !== id)
  }

  async test(): Promise<void> {
    const output = this.validated()
    if (!output) return
    this.#forget()
    this.busy = 'test'
    const outcome = await this.engine.call('testOutput', { output, secrets: this.connection.typedSecrets() }, TEST_MS)
    this.busy = null
    if (outcome.ok) this.tested = outcome.value
    else this.testError = outcome.error
  }

  /** @returns the saved output, or null where it was refused; `saveError` says why. */
  async save(): Promise<OutputConfig | null> {
    const output = this.validated()
    if (!output) return null
    this.busy = 'save'
    this.saveError = null
    const secrets = this.connection.typedSecrets()
    const kept =
      Object.keys(secrets).length > 0 ? await this.desktop.saveSecrets(outputSecrets(output.id), secrets) : null
    const outcome = kept && !kept.ok ? kept : await this.engine.call('saveOutput', { output })
    this.busy = null
    if (outcome.ok) return outcome.value
    this.saveError = outcome.error
    return null
  }

  /** As it would be saved; null where something is wrong, which then stands in the issues. */
  validated(): OutputInput | null {
    const parsed = outputOf.safeParse({
      id: this.id,
      name: this.name.trim() || this.suggestion,
      enabled: this.stored?.enabled ?? true,
      connection: this.connection.settings(),
      pipelines: this.takesResults ? this.pipelines : [],
      alerts: this.alerts,
      groupFor: this.groupFor,
      atMostEvery: this.atMostEvery,
    })
    const all = new Map((parsed.error?.issues ?? []).map((issue) => [issue.path.join('.'), issueText(issue)]))
    const inside = [...all].filter(([path]) => path.startsWith('connection.'))
    this.connection.issues = new Map(inside.map(([path, text]) => [path.slice('connection.'.length), text]))
    this.issues = all
    return parsed.success ? parsed.data : null
  }

  #forget(): void {
    this.tested = this.testError = null
  }

  #load(stored: OutputConfig): void {
    const { connection, name, pipelines, alerts, groupFor, atMostEvery } = stored
    this.kind = connection.kind
    this.connection.values = { ...connection }
    Object.assign(this, { name, pipelines, alerts, groupFor, atMostEvery })
    void this.desktop.secretNames(outputSecrets(stored.id)).then((names) => {
      if (names.ok) this.connection.kept = names.value
    })
  }
}
