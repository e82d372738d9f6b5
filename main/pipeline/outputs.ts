/**
 * What leaves for other systems. What a commit gives is in the store with it, so that nothing is lost whatever ends the
 * process; deliveries follow.
 */
import type { AlertEntry, OutboxEntry, Secrets, SourceContext, Store } from '../contracts'
import { alertBody, resultBody } from '../outputs/bodies'
import { Delivery } from '../outputs/delivery'
import { comparedUnit, SOURCE_DOWN } from '../../shared/config/alert'
import type { AlertReduction } from '../../shared/config/alert'
import { durationMs } from '../../shared/config/duration'
import { isForPeople, outputSecrets } from '../../shared/config/output'
import type { OutputConfig } from '../../shared/config/output'
import { rootSource } from '../../shared/config/workspace'
import type { Workspace } from '../../shared/config/workspace'
import type { OutputStatus, OutputTest } from '../../shared/ipc/outputs'
import type { WindowResult } from '../../shared/model/results'
import { DERIVED_SOURCE } from '../../shared/model/series'
import type { PendingUnit } from './committer'
import { createSender, testSender } from './output-kinds'
import type { SeriesRegistry } from './series-registry'
import { byId, equal } from './workspace-change'

export interface OutputParts {
  readonly store: Pick<Store, 'outbox' | 'aggregates'>
  readonly registry: SeriesRegistry
  /** By `outputSecrets` of the output's id. */
  readonly secrets: ReadonlyMap<string, Secrets>
  readonly installation: string
  readonly trouble: (error: unknown) => void
}

/** A pipeline whose results somebody takes. */
interface Taken {
  readonly outputs: readonly string[]
  readonly source: string
  readonly unit: string | undefined
}

export class Outputs {
  private configs: readonly OutputConfig[] = []
  private readonly deliveries = new Map<string, Delivery>()
  private readonly taken = new Map<string, Taken>()
  /** Of rules, also of those that are gone: they still say that their alerts are over. */
  private readonly named = new Map<string, readonly string[]>()
  private readonly reductions = new Map<string, AlertReduction>()

  constructor(private readonly parts: OutputParts) {}

  /** The workspace is this from now on; outputs that differ are started anew. */
  async define(workspace: Workspace): Promise<void> {
    const { outputs, pipelines, alerts, sourceDown } = workspace
    const before = this.configs
    this.configs = outputs
    this.taken.clear()
    for (const pipeline of pipelines) {
      const { id, unit } = pipeline
      const takers = outputs.filter((output) => output.enabled && output.pipelines.includes(id))
      const source = rootSource(pipeline, pipelines)
      if (takers.length > 0 && source !== undefined)
        this.taken.set(id, { outputs: takers.map((output) => output.id), source, unit })
    }
    for (const { id, notify, reduce } of alerts) {
      this.named.set(id, notify.outputs)
      this.reductions.set(id, reduce)
    }
    this.named.set(SOURCE_DOWN, sourceDown.notify.outputs)
    for (const { id } of before) {
      const now = byId(outputs, id)
      if (!equal(byId(before, id), now)) await this.end(id)
      if (now === undefined) await this.parts.store.outbox.forget(id)
    }
    for (const { id } of outputs) this.begin(id)
  }

  /** New secrets take effect at once. */
  async restart(id: string): Promise<void> {
    await this.end(id)
    this.begin(id)
  }

  // ---- commits

  /** What of a unit is to leave. */
  entries({ results, alerts }: Pick<PendingUnit, 'results' | 'alerts'>): OutboxEntry[] {
    if (this.configs.length === 0) return []
    const created = Date.now()
    return [
      ...results.flatMap((result) => this.entriesOf(result, created)),
      ...alerts.flatMap((event) => this.alertEntries(event, created)),
    ]
  }

  /** They are in the store. */
  committed(entries: readonly OutboxEntry[]): void {
    const added = new Map<string, number>()
    for (const { output } of entries) added.set(output, (added.get(output) ?? 0) + 1)
    for (const [id, count] of added) void this.deliveries.get(id)?.more(count).catch(this.parts.trouble)
  }

  private entriesOf(result: WindowResult, created: number): OutboxEntry[] {
    const taken = this.taken.get(result.pipeline)
    if (taken === undefined) return []
    const { store, registry } = this.parts
    const info = registry.info(result.key)
    const source = info === undefined || info.source === DERIVED_SOURCE ? taken.source : info.source
    const body = resultBody(result, store.aggregates(result.pipeline), { info, source, unit: taken.unit })
    return taken.outputs.map((output) => ({ output, rule: null, created, body }))
  }

  private alertEntries(event: AlertEntry, created: number): OutboxEntry[] {
    const takers = this.configs.filter(
      ({ id, enabled, alerts, connection }) =>
        enabled &&
        (alerts === 'all' || this.named.get(event.rule)?.includes(id) === true) &&
        (event.notify !== null || !isForPeople(connection)),
    )
    if (takers.length === 0) return []
    const info = event.series === null ? undefined : this.parts.registry.info(event.series)
    const unit = comparedUnit(this.reductions.get(event.rule), info?.unit ?? '')
    const body = alertBody(event, { info, source: event.source, unit: unit === '' ? null : unit })
    return takers.map(({ id }) => ({ output: id, rule: event.rule, created, body }))
  }

  // ---- what people see and do

  status(): OutputStatus[] {
    return this.configs.map(({ id }) => this.deliveries.get(id)?.status ?? disabled(id))
  }

  /** @param typed secrets that stand for those not saved yet. @throws Error with the reason in words */
  async test(config: OutputConfig, typed: Secrets): Promise<OutputTest> {
    const running = this.deliveries.get(config.id)
    // A server holds its port: it is there already, or is tried out elsewhere.
    const same = equal(byId(this.configs, config.id)?.connection, config.connection)
    if (running !== undefined && running.isOpen && same) return { sent: false, elapsedMs: 0 }
    return testSender(createSender(config, this.context(config.id, typed)), config.id)
  }

  async retry(id: string): Promise<void> {
    await this.deliveries.get(id)?.retry()
  }

  async discard(id: string): Promise<void> {
    await this.deliveries.get(id)?.discard()
  }

  async stop(): Promise<void> {
    await Promise.all([...this.deliveries.keys()].map((id) => this.end(id)))
  }

  private context(id: string, typed: Secrets = {}): SourceContext {
    const { installation, secrets } = this.parts
    return { id, installation, secrets: { ...secrets.get(outputSecrets(id)), ...typed } }
  }

  private begin(id: string): void {
    const config = byId(this.configs, id)
    if (config === undefined || !config.enabled || this.deliveries.has(id)) return
    const { connection, groupFor, atMostEvery } = config
    const limits = { groupFor: durationMs(groupFor), atMostEvery: durationMs(atMostEvery) }
    const delivery = new Delivery({
      id,
      store: this.parts.store.outbox,
      sender: createSender(config, this.context(id)),
      people: isForPeople(connection) ? limits : null,
    })
    this.deliveries.set(id, delivery)
    delivery.start()
  }

  private async end(id: string): Promise<void> {
    const delivery = this.deliveries.get(id)
    this.deliveries.delete(id)
    await delivery?.stop()
  }
}

const disabled = (id: string): OutputStatus => ({
  ...{ id, state: { state: 'disabled' }, waiting: 0, delivered: 0, setAside: 0, dropped: 0, reason: null },
  ...{ lastDelivery: null, lastFault: null },
})
