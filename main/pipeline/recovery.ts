/** Start = newest valid snapshot + the journal after it, through the same operators with side effects off. */
import type { ClockMark, JournalBlock, ResumePoint, Store } from '../contracts'
import type { SampleBatch } from '../../shared/model/samples'
import type { EpochMs } from '../../shared/model/time'
import type { Alerting } from './alerting'
import type { PipelineSet } from './pipeline-set'
import type { Repairs } from './repair'
import type { SeriesRegistry } from './series-registry'
import { decodeSnapshot } from './snapshot'
import type { Snapshot } from './snapshot'
import type { SourcePipelines } from './source-pipelines'

export interface Recovered {
  /** Late samples per source. */
  readonly late: ReadonlyMap<string, number>
  /**
   * Null where the windows are as they would be without the restart. Else no state of them could be read and the
   * journal before this arrival time is gone: windows that were open are counted from there on.
   */
  readonly countedFrom: EpochMs | null
}

/**
 * What the operators produce again equals what is stored; it is neither written nor sent a second time.
 * A source whose samples are kept only in memory has no journal: its own state, written with every commit, is the newest.
 * @param renew makes the operators anew, of one source or of all: a state that they do not read, such as that of another version of Weir, is
 * passed over, and what is left of the journal is replayed: blocks that two snapshots covered are gone, so windows that
 * were open before it are counted from there on.
 */
export async function recover(
  store: Store,
  { snapshot, firstSeq, lastSeq, memoryOnly }: Pick<ResumePoint, 'snapshot' | 'firstSeq' | 'lastSeq' | 'memoryOnly'>,
  pipelines: PipelineSet,
  registry: SeriesRegistry,
  repairs: Repairs,
  renew: (source?: string) => void,
  alerts: Alerting,
): Promise<Recovered> {
  let state = snapshot === null ? null : decodeSnapshot(snapshot.body)
  try {
    if (state !== null) pipelines.restore(state.operators)
  } catch {
    state = null
    renew()
  }
  const late = new Map(Object.entries(state?.late ?? {}))
  /** The journal block up to which a source's own state stands in for the log. */
  const covered = new Map<string, number>()
  for (const { source, seq, state: own } of memoryOnly) {
    const newer = own !== null && (seq >= (snapshot?.seq ?? 0) || !holds(state, source, pipelines))
    const decoded = newer ? decodeSnapshot(own) : null
    if (decoded === null) continue
    covered.set(source, seq)
    restoreAlone(source, decoded, pipelines, renew)
    for (const [id, count] of Object.entries(decoded.late)) late.set(id, count)
  }
  for (const each of pipelines.all)
    each.sink = {
      fire: (result) => alerts.fired(result),
      late: (id) => void (id === each.first && late.set(each.source, (late.get(each.source) ?? 0) + 1)),
      mark: () => undefined,
      missed: (...missed) => repairs.missed(...missed),
    }
  loadAlerts(alerts, state)
  if (state !== null) {
    registry.loadLast(state.last)
    repairs.load(state.repairs)
  }
  const afterSeq = state === null ? 0 : (snapshot?.seq ?? 0)
  let began: EpochMs | null = null
  for await (const block of store.journal(afterSeq)) {
    began ??= block.samples.length > 0 ? (block.samples.arrival[0] as number) : null
    replayBlock(block, watchedBy(alerts, notCovered(pipelines, covered, block.seq)))
    registry.note(block.samples)
  }
  repairs.sealCommit()
  repairs.committed()
  await alerts.begin()
  const missing = firstSeq > afterSeq + 1 && lastSeq > afterSeq
  return { late, countedFrom: missing ? (began ?? Date.now()) : null }
}

const holds = (snapshot: Snapshot | null, source: string, pipelines: PipelineSet): boolean =>
  pipelines.of(source)?.nodes.some(({ id }) => snapshot?.operators.some(({ pipeline }) => pipeline === id)) ?? false

function restoreAlone(
  source: string,
  { operators }: Snapshot,
  pipelines: PipelineSet,
  renew: (id: string) => void,
): void {
  renew(source)
  try {
    pipelines.restore(operators, (id) => id === source)
  } catch {
    // Of another version of Weir: its windows begin anew.
    renew(source)
  }
}

/** A state that is not read, such as that of another version of Weir, is passed over. */
function loadAlerts(alerts: Alerting, state: Snapshot | null): void {
  try {
    alerts.load(state?.alerts ?? null)
  } catch {
    alerts.load(null)
  }
}

/** What goes to the pipelines of a source goes to the rules as well. */
function watchedBy(alerts: Alerting, { of, applyMark }: Replayed): Replayed {
  return {
    applyMark,
    of: (source) => ({
      process(batch, partition, monotonic) {
        of(source)?.process(batch, partition, monotonic)
        alerts.samples(source, batch)
      },
    }),
  }
}

interface Replayed {
  of(source: string): Pick<SourcePipelines, 'process'> | undefined
  applyMark(mark: ClockMark): void
}

/** What a block is replayed to: not to sources whose state is newer than the block. */
function notCovered(pipelines: PipelineSet, covered: ReadonlyMap<string, number>, seq: number): Replayed {
  const isCovered = (source: string): boolean => seq <= (covered.get(source) ?? -1)
  return {
    of: (source) => (isCovered(source) ? undefined : pipelines.of(source)),
    applyMark: (mark) => {
      for (const each of pipelines.all) if (!isCovered(each.source)) each.applyMark(mark)
    },
  }
}

/** Runs and marks in their order; a mark within a run cuts it. */
export function replayBlock(block: JournalBlock, pipelines: Replayed): void {
  let at = 0
  let nextMark = 0
  const applyMarks = () => {
    for (
      let entry = block.marks[nextMark];
      entry !== undefined && entry.position <= at;
      entry = block.marks[++nextMark]
    )
      pipelines.applyMark(entry.mark)
  }
  for (const run of block.runs) {
    for (const end = at + run.length; at < end;) {
      applyMarks()
      const to = Math.min(end, block.marks[nextMark]?.position ?? end)
      pipelines.of(run.source)?.process(view(block.samples, at, to), run.partition, 0)
      at = to
    }
  }
  applyMarks()
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
