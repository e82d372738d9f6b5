/** Opening a data file: look into it, propose columns and time, then make a source of it. */
import type { SourceInput } from '../../shared/config/workspace'
import type { TestReport } from '../../shared/ipc/engine'
import type { CallError } from '../../shared/ipc/rpc'
import type { EngineConnection } from './connection.svelte'
import type { Navigation } from './navigation.svelte'
import type { Session } from './session.svelte'
import { uniqueId } from './slug'
import { fileFormat } from './sourceAddress'
import { FieldChoice } from './fieldChoice.svelte'
import type { Timeline } from './timeline.svelte'

export type ReplaySpeed = '1x' | '10x' | 'max'
const MONTH = 30 * 86_400_000

export class OpenFile {
  path = $state('')
  name = $state('')
  windowSize = $state('10m')
  speed = $state<ReplaySpeed>('max')
  busy = $state(false)
  error = $state.raw<CallError | null>(null)
  report = $state.raw<TestReport | null>(null)
  readonly choice = new FieldChoice()

  constructor(
    private readonly connection: EngineConnection,
    private readonly session: Session,
    private readonly navigation: Navigation,
    private readonly timeline: Timeline,
  ) {}

  async propose(path: string): Promise<void> {
    this.path = path
    this.name = fileName(path)
    this.speed = 'max'
    this.error = null
    this.report = null
    this.choice.clear()
    this.navigation.overlay = 'open-file'
    this.busy = true
    const outcome = await this.connection.call('testSource', { source: this.#source(), secrets: {} }, 60_000)
    this.busy = false
    if (!outcome.ok) return void (this.error = outcome.error)
    this.report = outcome.value
    this.choice.take(outcome.value)
  }

  /** @returns true once the source is made; its dashboard is shown then. */
  async save(): Promise<boolean> {
    this.busy = true
    const outcome = await this.connection.call('saveSource', { source: this.#source(), windowSize: this.windowSize })
    this.busy = false
    if (!outcome.ok) {
      this.error = outcome.error
      return false
    }
    this.timeline.jumpToLive()
    this.timeline.show({ kind: 'live', span: MONTH })
    this.navigation.showDashboard(outcome.value.id)
    return true
  }

  #source(): SourceInput {
    const format = fileFormat(this.path)
    return {
      id: uniqueId(
        this.name,
        this.session.sources.map((source) => source.id),
      ),
      name: this.name || this.path,
      connection: { kind: 'file', path: this.path, format, speed: this.speed },
      decoding: { format: format === 'ndjson' ? 'json' : 'csv', ...this.choice.decoding() },
      time: this.choice.time(),
    }
  }
}

export const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path
