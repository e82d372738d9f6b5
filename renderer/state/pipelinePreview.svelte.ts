/** What a pipeline would have produced: asked of the engine one question at a time, the newest one last. */
import type { Pipeline } from '../../shared/config/pipeline'
import type { PipelinePreview as PreviewResult } from '../../shared/ipc/engine'
import type { CallError } from '../../shared/ipc/rpc'
import type { DurationMs } from '../../shared/model/time'
import type { EngineConnection } from './connection.svelte'

const LIMIT_MS = 120_000
const FIRST_SPAN = 3_600_000

interface Question {
  readonly key: string
  readonly pipeline: Pipeline
  readonly span: DurationMs
  readonly statistic: string
}

export class PipelinePreview {
  result = $state.raw<PreviewResult | null>(null)
  error = $state.raw<CallError | null>(null)
  running = $state(false)
  span = $state<DurationMs>(FIRST_SPAN)
  /** The statistic that is asked for, where the pipeline has it. */
  statistic = $state('mean')
  #wanted: Question | null = null
  #answered: string | null = null

  constructor(private readonly connection: EngineConnection) {}

  /** The one that is drawn. */
  statisticOf(aggregates: readonly string[]): string {
    return aggregates.includes(this.statistic) ? this.statistic : (aggregates[0] ?? 'mean')
  }

  /** There is nothing that could be tried. */
  clear(): void {
    this.#wanted = null
    this.#answered = null
    this.result = null
    this.error = null
  }

  /** A change of the name asks nothing anew. While an answer is awaited, only the newest question waits. */
  async show(pipeline: Pipeline): Promise<void> {
    const { span } = this
    const statistic = this.statisticOf(pipeline.aggregates)
    const key = JSON.stringify([{ ...pipeline, name: '', enabled: true }, span, statistic])
    this.#wanted = { key, pipeline, span, statistic }
    if (this.running) return
    this.running = true
    while (this.#wanted !== null && this.#wanted.key !== this.#answered) await this.#ask(this.#wanted)
    this.running = false
  }

  async #ask(question: Question): Promise<void> {
    const { key, pipeline, span, statistic } = question
    const outcome = await this.connection.call('previewPipeline', { pipeline, span, statistic }, LIMIT_MS)
    if (this.#wanted === null) return
    this.#answered = key
    this.result = outcome.ok ? outcome.value : null
    this.error = outcome.ok ? null : outcome.error
  }
}
