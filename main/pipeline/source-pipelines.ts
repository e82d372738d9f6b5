/** The pipelines that the readings of one source reach, by themselves or by way of others, in the order of dependence. */
import type { ClockMark } from '../contracts'
import { durationMs } from '../../shared/config/duration'
import type { Pipeline } from '../../shared/config/pipeline'
import type { SampleBatch } from '../../shared/model/samples'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { definitionOf, runningPipelines } from './definition'
import { PipelineNode } from './node'
import type { NodeOptions, PipelineSink } from './node'

export class SourcePipelines {
  /** Those that read the source itself. */
  private readonly roots: readonly PipelineNode[]
  private readonly byId: ReadonlyMap<string, PipelineNode>

  constructor(
    readonly source: string,
    readonly nodes: readonly PipelineNode[],
  ) {
    this.roots = nodes.filter(({ config }) => config.upstream === undefined)
    this.byId = new Map(nodes.map((node) => [node.id, node]))
    for (const node of nodes) node.feed(nodes.filter(({ config }) => config.upstream?.pipeline === node.id))
  }

  /** Where everything goes from now on. */
  set sink(sink: PipelineSink) {
    for (const node of this.nodes) node.sink = sink
  }

  /** The pipeline whose late samples are the source's: the first that reads it. */
  get first(): string | undefined {
    return this.roots[0]?.id
  }

  process(batch: SampleBatch, partition: string, monotonic: DurationMs): void {
    for (const node of this.roots) node.process(batch, partition, monotonic)
  }

  tick(monotonic: DurationMs): void {
    for (const node of this.roots) node.tick(monotonic)
  }

  setLive(live: boolean, monotonic: DurationMs, quietFrom?: DurationMs): void {
    for (const node of this.roots) node.setLive(live, monotonic, quietFrom)
  }

  /** As if everything had been quiet up to this event time. */
  quietUntil(time: EpochMs): void {
    for (const node of this.roots) {
      const { closeWhenQuiet, outOfOrderness } = node.config.time
      if (closeWhenQuiet) node.raise(time - durationMs(outOfOrderness))
    }
  }

  /** Of a finite input: all clocks become +∞. */
  end(): void {
    for (const node of this.roots) node.end()
  }

  /** The marks of `end`, for the journal. */
  endMarks(): ClockMark[] {
    return this.roots.map(({ id }) => ({ pipeline: id, series: null, watermark: Infinity }))
  }

  applyMark(mark: ClockMark): void {
    this.byId.get(mark.pipeline)?.applyMark(mark)
  }
}

/**
 * The pipelines that run on a source.
 * @param kept nodes of before: one with the same definition goes on with its state.
 */
export function createSourcePipelines(
  source: string,
  pipelines: readonly Pipeline[],
  options: Pick<NodeOptions, 'registry' | 'mode'>,
  kept: readonly PipelineNode[] = [],
): SourcePipelines {
  const nodes: PipelineNode[] = []
  for (const config of runningPipelines(source, pipelines)) {
    const upstream = nodes.find(({ id }) => id === config.upstream?.pipeline) ?? null
    const definition = definitionOf(config, pipelines)
    const node = new PipelineNode(config, { ...options, upstream, definition })
    const before = kept.find((each) => each.id === config.id && each.definition === definition)
    if (before !== undefined) {
      const states = before.snapshot()
      node.restore((name) => states.find((entry) => entry.name === name)?.state)
    }
    nodes.push(node)
  }
  return new SourcePipelines(source, nodes)
}
