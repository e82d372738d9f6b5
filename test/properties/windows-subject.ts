/** The windows at work: one operator, or two pipelines in a row, with their journal, stopped and recovered in between. */
import type { ClockMark, WindowOutput } from '../../main/contracts'
import { SeriesRegistry } from '../../main/pipeline/series-registry'
import { createSourcePipelines, type SourcePipelines } from '../../main/pipeline/source-pipelines'
import { createPipelineWindows } from '../../main/pipeline/windowing'
import type { WindowResult } from '../../shared/model/results'
import { SampleBuffer, type SampleBatch } from '../../shared/model/samples'
import { TestKeys } from '../scenarios/language'
import type { Case, Event, Step } from './windows-cases'
import type { Fired } from './windows-panes'

/** What the outcome of a step goes into; `at` is the sample that a mark comes before. */
interface Listener {
  fired(fired: Fired): void
  mark(mark: ClockMark, at: number | undefined): void
}

/** Something that can be run, put aside and made anew. */
interface Driven {
  process(batch: SampleBatch, partition: string, now: number): void
  tick(now: number): void
  setLive(live: boolean, now: number, quietFrom: number): void
  applyMark(mark: ClockMark): void
  advanceTo(member: string, w: number): void
  raise(w: number): void
  end(): void
  snapshot(): unknown
  restore(state: unknown): void
}

interface Names {
  id(series: string): number
  name(key: number): string
}

export class Subject {
  private fired: Fired[] = []
  private marks: ClockMark[] = []
  private readonly names: Names
  private readonly make: () => Driven
  private driven: Driven
  private snapshot: unknown = null
  /** Samples and marks since the snapshot, in their order. */
  private journal: (Event | ClockMark)[] = []
  private readonly output: Listener = {
    fired: (each) => void this.fired.push(each),
    mark: (mark, at) => this.heard(mark, at),
  }
  private batch: readonly Event[] = []
  private journaled = 0

  constructor(of: Case) {
    const { names, make } = of.downstream === null ? operator(of, this.output) : chain(of, this.output)
    this.names = names
    this.make = make
    this.driven = make()
  }

  /** What came of it, and which clocks were moved by quiet to which W. */
  run(step: Step): { fired: readonly Fired[]; quiet: ReadonlyMap<string, number> } {
    this.fired = []
    this.marks = []
    this.take(step)
    const quiet = this.marks.filter(({ idle }) => idle === undefined)
    return { fired: this.fired, quiet: new Map(quiet.map((mark) => [this.clockOf(mark), mark.watermark])) }
  }

  private take(step: Step): void {
    const { driven } = this
    if (step.do === 'samples') this.process(step.events, step.at)
    else if (step.do === 'tick') driven.tick(step.at)
    else if (step.do === 'live') driven.setLive(step.live, step.at, step.quietFrom)
    else if (step.do === 'advance') driven.advanceTo(step.member, step.to)
    else if (step.do === 'raise') driven.raise(step.to)
    else if (step.do === 'end') driven.end()
    else this.restart(step.crash)
  }

  private process(events: readonly Event[], now: number): void {
    this.batch = events
    this.journaled = 0
    this.driven.process(this.columns(events), events[0]?.partition ?? '', now)
    this.journal.push(...events.slice(this.journaled))
    this.batch = []
  }

  private heard(mark: ClockMark, at: number | undefined): void {
    this.marks.push(mark)
    if (at !== undefined) {
      this.journal.push(...this.batch.slice(this.journaled, at))
      this.journaled = at
    }
    this.journal.push(mark)
  }

  private restart(crash: boolean): void {
    if (!crash) {
      this.snapshot = this.driven.snapshot()
      this.journal = []
    }
    this.driven = this.make()
    if (this.snapshot !== null) this.driven.restore(this.snapshot)
    // What is repeated is neither stored nor sent again.
    const before = this.fired.length
    const journal = this.journal
    for (const entry of journal)
      if ('watermark' in entry) this.driven.applyMark(entry)
      else this.driven.process(this.columns([entry]), entry.partition, 0)
    this.fired.length = before
    this.journal = journal
  }

  private columns(events: readonly Event[]): SampleBatch {
    const batch = new SampleBuffer(8)
    for (const { series, t, v } of events) batch.push(this.names.id(series), t, v, 0)
    return batch
  }

  private clockOf({ series, key }: ClockMark): string {
    const id = key ?? series
    return id === null ? '' : this.names.name(id)
  }
}

interface Made {
  readonly names: Names
  readonly make: () => Driven
}

function operator({ config, mode, movedBy }: Case, listener: Listener): Made {
  const keys = new TestKeys()
  const names = { id: (series: string) => keys.id(series), name: (key: number) => keys.text(key) }
  const aside = (kind: 'late' | 'unassigned') => (series: number, t: number) => {
    const none = { revision: 0, index: -1, replaces: '[]', values: [] }
    listener.fired({ pipeline: config.id, kind, key: keys.text(series), start: t, end: t, ...none })
  }
  const out: WindowOutput = {
    fire: (result) => listener.fired(firedOf(result, names)),
    late: aside('late'),
    unassigned: aside('unassigned'),
    mark: (mark, at) => listener.mark(mark, at),
  }
  const make = (): Driven => {
    const windows = createPipelineWindows(config, keys, { mode, movedBy })
    return {
      process: (batch, partition, now) => windows.process(batch, partition, now, out),
      tick: (now) => windows.tick(now, out),
      setLive: (live, now, quietFrom) => windows.setLive(live, now, out, quietFrom),
      applyMark: (mark) => windows.applyMark(mark, out),
      advanceTo: (member, w) => windows.advanceTo(config.time.clock === 'source' ? member : keys.id(member), w, out),
      raise: (w) => windows.raise(w, out),
      end: () => windows.end(out),
      snapshot: () => windows.snapshot(),
      restore: (state) => windows.restore(state as Uint8Array),
    }
  }
  return { names, make }
}

function chain({ config, downstream, mode }: Case, listener: Listener): Made {
  const registry = new SeriesRegistry()
  const names = {
    id: (series: string) => {
      const [site = '', unit = ''] = series.split('.')
      return registry.resolve('s', { name: 'm', labels: { site, unit }, id: undefined })
    },
    name: (key: number) => {
      const { name = '', labels = {} } = registry.info(key) ?? {}
      return `${Object.values(labels).join('.')}${name === 'group' ? '*' : ''}`
    },
  }
  const make = (): Driven => {
    const configs = downstream === null ? [config] : [config, downstream]
    const made = createSourcePipelines('s', configs, { registry, mode })
    made.sink = {
      fire: (result) => listener.fired(firedOf(result, names)),
      late: (pipeline) => listener.fired(lateOf(pipeline)),
      mark: (mark, at) => listener.mark(mark, at),
    }
    return drivenOf(made)
  }
  return { names, make }
}

function drivenOf(pipelines: SourcePipelines): Driven {
  return {
    process: (batch, partition, now) => pipelines.process(batch, partition, now),
    tick: (now) => pipelines.tick(now),
    setLive: (live, now, quietFrom) => pipelines.setLive(live, now, quietFrom),
    applyMark: (mark) => pipelines.applyMark(mark),
    advanceTo: () => undefined,
    raise: (w) => pipelines.nodes[0]?.raise(w),
    end: () => pipelines.end(),
    snapshot: () => new Map(pipelines.nodes.flatMap((node) => node.snapshot()).map(({ name, state }) => [name, state])),
    restore: (states) => {
      for (const node of pipelines.nodes) node.restore((name) => (states as Map<string, Uint8Array>).get(name))
    },
  }
}

/** Pipelines only count what is late. */
export function lateOf(pipeline: string): Fired {
  return {
    pipeline,
    kind: 'late',
    key: '',
    start: 0,
    end: 0,
    revision: 0,
    index: -1,
    replaces: '[]',
    values: [],
  }
}

function firedOf(result: WindowResult, names: Names): Fired {
  const { pipeline, key, start, end, index = -1, revision, replaces = [], values } = result
  return {
    pipeline,
    kind: 'fire',
    key: names.name(key),
    start,
    end,
    revision,
    index,
    replaces: JSON.stringify(replaces),
    values: [...values],
  }
}
