/**
 * Repair: what a late reading would have changed in windows that were over is computed anew from the stored readings,
 * in the background. So history ends up right even where the clock gave up waiting; the late count stays.
 */
import type { Store } from '../contracts'
import { durationMs } from '../../shared/config/duration'
import type { Pipeline } from '../../shared/config/pipeline'
import type { WindowResult } from '../../shared/model/results'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { missedWindows } from '../windows'
import type { MissedWindows } from '../windows'
import { RepairMarks } from './repair-marks'
import { recompute } from './repair-windows'
import type { SeriesRegistry } from './series-registry'

/** A pass is followed by a rest of so many times its length: repair takes at most a fifth of the engine's time. */
const REST = 4

export interface RepairParts {
  readonly store: Store
  readonly registry: SeriesRegistry
  /** A pipeline that runs. */
  readonly pipeline: (id: string) => Pipeline | undefined
  /** Of a key of its windows. */
  readonly watermark: (id: string, key: number) => EpochMs
  /** Windows of the source that begin up to then had readings that are not stored; −∞: all are. */
  readonly storedAfter: (source: string) => EpochMs
  /** Results for the next commit. */
  readonly repaired: (results: readonly WindowResult[]) => void
}

/** What of a pipeline decides which windows are repaired. */
interface Rule {
  readonly source: string
  readonly windows: MissedWindows | null
  readonly allowedLateness: DurationMs
}

function ruleOf(pipeline: Pipeline | undefined): Rule {
  // A figure along a series cannot go back: it would take all readings since it began.
  if (pipeline?.source === undefined || !pipeline.time.repair || pipeline.along !== undefined)
    return { source: '', windows: null, allowedLateness: 0 }
  const { source, window, time } = pipeline
  return { source, windows: missedWindows(window), allowedLateness: durationMs(time.allowedLateness) }
}

export class Repairs {
  /** Of readings that are not in a commit yet, of those in the commit that is being written, and of stored ones. */
  private marked = new RepairMarks()
  private sealed = new RepairMarks()
  private ready = new RepairMarks()
  private working = new RepairMarks()
  private readonly rules = new Map<string, Rule>()
  private running: Promise<void> | null = null
  private notBefore: DurationMs = 0
  private stopped = false

  constructor(private readonly parts: RepairParts) {}

  /** What came belongs to [from, to]: windows with end + allowedLateness ≤ watermark are not what they should be. */
  missed(id: string, key: number, from: EpochMs, to: EpochMs, watermark: EpochMs): void {
    let rule = this.rules.get(id)
    if (rule === undefined) this.rules.set(id, (rule = ruleOf(this.parts.pipeline(id))))
    const { source, windows, allowedLateness } = rule
    if (windows === null) return
    const storedAfter = this.parts.storedAfter(source)
    if (to <= storedAfter) return
    for (const span of windows.spans(from, to, watermark - allowedLateness))
      if (span[0] > storedAfter) this.marked.add(id, key, span)
  }

  /** A commit begins: it holds all readings so far. */
  sealCommit(): void {
    if (this.marked.size === 0) return
    this.sealed.addAll(this.marked)
    this.marked = new RepairMarks()
  }

  /** That commit is durable. */
  committed(): void {
    if (this.sealed.size === 0) return
    this.ready.addAll(this.sealed)
    this.sealed = new RepairMarks()
  }

  /** What is still to be done, for the snapshot of the commit that begins. */
  get pending(): RepairMarks {
    const all = new RepairMarks()
    for (const marks of [this.working, this.ready, this.sealed, this.marked]) all.addAll(marks)
    return all
  }

  /** Takes over what a snapshot says was to be done: its readings are stored. */
  load(marks: RepairMarks): void {
    this.ready.addAll(marks)
  }

  /** The pipeline has changed, or its readings or results are gone. */
  forget(pipeline: string): void {
    this.rules.delete(pipeline)
    for (const marks of [this.marked, this.sealed, this.ready, this.working]) marks.delete(pipeline)
  }

  /** Begins a pass where something is to be done and no other pass runs. */
  run(now: DurationMs): void {
    if (this.running !== null || this.ready.size === 0 || now < this.notBefore || this.stopped) return
    this.working = this.ready
    this.ready = new RepairMarks()
    this.running = this.pass().finally(() => {
      this.running = null
      this.notBefore = now + (performance.now() - now) * (1 + REST)
    })
  }

  private async pass(): Promise<void> {
    for (const id of this.working.pipelines) {
      const pipeline = this.parts.pipeline(id)
      if (pipeline === undefined) {
        this.working.delete(id)
        continue
      }
      const [over, open] = this.split(pipeline)
      const stillWanted = (): boolean => !this.stopped && this.working.pipelines.includes(id)
      const done = await recompute(this.parts, pipeline, over.of(id), stillWanted).catch(() => null)
      if (!stillWanted()) continue
      this.working.delete(id)
      this.ready.addAll(open)
      // A failed read is tried again in the next pass.
      this.ready.addAll(done === null ? over : done.deferred)
      if (done !== null) this.parts.repaired(done.results)
    }
  }

  /** Windows whose live result is out, and those that must be waited for. */
  private split({ id, time }: Pipeline): [RepairMarks, RepairMarks] {
    const over = new RepairMarks()
    const open = new RepairMarks()
    const lateness = durationMs(time.allowedLateness)
    for (const [key, spans] of this.working.of(id)) {
      const watermark = this.parts.watermark(id, key)
      for (const span of spans) (span[1] + lateness <= watermark ? over : open).add(id, key, span)
    }
    return [over, open]
  }

  /** What is not done is in the last snapshot. */
  async stop(): Promise<void> {
    this.stopped = true
    await this.running
  }
}
