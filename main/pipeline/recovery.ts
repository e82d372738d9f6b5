/** Start = newest valid snapshot + the journal after it, through the same operators with side effects off. */
import type { JournalBlock, Store, WindowOutput } from '../contracts'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesRegistry } from './series-registry'
import type { ActivePipeline } from './source-runner'
import { decodeSnapshot } from './snapshot'
import type { Snapshot } from './snapshot'

export interface Recovered {
  /** Late samples per source. */
  readonly late: ReadonlyMap<string, number>
  readonly blocks: number
}

/** What the operators produce again equals what is stored; it is neither written nor sent a second time. */
export async function recover(
  store: Store,
  snapshot: { readonly seq: number; readonly body: Uint8Array } | null,
  pipelines: readonly ActivePipeline[],
  definition: (pipeline: ActivePipeline) => string,
  registry: SeriesRegistry,
): Promise<Recovered> {
  const state = snapshot === null ? null : decodeSnapshot(snapshot.body)
  const late = new Map(Object.entries(state?.late ?? {}))
  if (state !== null) {
    restore(state, pipelines, definition)
    registry.loadLast(state.last)
  }
  let blocks = 0
  for await (const block of store.journal(state === null ? 0 : (snapshot?.seq ?? 0))) {
    replayBlock(block, pipelines, late)
    registry.note(block.samples)
    blocks += 1
  }
  return { late, blocks }
}

function restore(
  state: Snapshot,
  pipelines: readonly ActivePipeline[],
  definition: (pipeline: ActivePipeline) => string,
): void {
  for (const pipeline of pipelines) {
    const entry = state.operators.find(({ pipeline: id }) => id === pipeline.id)
    if (entry !== undefined && entry.definition === definition(pipeline)) pipeline.operator.restore(entry.state)
  }
}

/** Runs and marks in their order; a mark within a run cuts it. */
function replayBlock(block: JournalBlock, pipelines: readonly ActivePipeline[], late: Map<string, number>): void {
  let at = 0
  let nextMark = 0
  const applyMarks = () => {
    for (
      let entry = block.marks[nextMark];
      entry !== undefined && entry.position <= at;
      entry = block.marks[++nextMark]
    ) {
      const { mark } = entry
      const target = pipelines.find(({ id }) => id === mark.pipeline)
      if (mark.watermark === Infinity) target?.operator.end(NOTHING)
      else target?.operator.applyMark(mark, NOTHING)
    }
  }
  for (const run of block.runs) {
    const readers = pipelines.filter(({ config }) => config.source === run.source)
    const output: WindowOutput = { ...NOTHING, late: () => void late.set(run.source, (late.get(run.source) ?? 0) + 1) }
    for (const end = at + run.length; at < end;) {
      applyMarks()
      const to = Math.min(end, block.marks[nextMark]?.position ?? end)
      for (const { operator } of readers) operator.process(view(block.samples, at, to), run.partition, 0, output)
      at = to
    }
  }
  applyMarks()
}

const NOTHING: WindowOutput = {
  fire: () => undefined,
  late: () => undefined,
  unassigned: () => undefined,
  mark: () => undefined,
}

function view(samples: SampleBatch, from: number, to: number): SampleBatch {
  return {
    length: to - from,
    series: samples.series.subarray(from, to),
    time: samples.time.subarray(from, to),
    value: samples.value.subarray(from, to),
    arrival: samples.arrival.subarray(from, to),
  }
}
