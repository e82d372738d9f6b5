/**
 * The views of one screen. Charts and tiles ask for their series, or keys of pipelines, while they are visible; the hub
 * opens as few engine views as that takes, and keeps the newest frame of each. All share one time axis, so that a
 * silent series ends where its data ends instead of sliding its own axis back.
 */
import { SvelteMap } from 'svelte/reactivity'
import type { Frame, SeriesFrame, ViewInput } from '../../shared/ipc/engine'
import type { EpochMs } from '../../shared/model/time'
import type { EngineConnection } from './connection.svelte'
import type { Range } from './range'
import type { Timeline } from './timeline.svelte'

const SERIES_PER_VIEW = 64
const SETTLE_MS = 40
let lastView = 0

/** One statistic of a pipeline's results. */
export type ResultStatistic = NonNullable<ViewInput['results']>

interface OpenView {
  readonly number: number
  readonly key: string
  readonly results: ResultStatistic | undefined
}

/** Series or keys that are drawn from the same kind of data, each with how many ask for it. */
interface Wanted {
  readonly results: ResultStatistic | undefined
  readonly series: Map<number, number>
}

export class FrameHub {
  /** Of readings, by series. */
  readonly frames = new SvelteMap<number, SeriesFrame>()
  readonly #resultFrames = new SvelteMap<string, SeriesFrame>()
  /** What the engine said about a view it could not open. */
  error = $state<string | null>(null)
  #to = $state<EpochMs | null>(null)
  #from = $state<EpochMs | null>(null)
  readonly #readings: Wanted = { results: undefined, series: new Map() }
  /** By pipeline and statistic. */
  readonly #results = new Map<string, Wanted>()
  #width = 320
  readonly #views = new Map<string, OpenView>()
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #stops: (() => void)[]

  constructor(
    private readonly connection: EngineConnection,
    private readonly timeline: Timeline,
    /** Largest event time received by what the screen is about, shown or not. */
    private readonly newest: () => EpochMs | null,
  ) {
    this.#stops = [
      connection.on('frame', (frame) => this.#take(frame)),
      connection.onOpen(() => {
        this.#views.clear()
        this.#refresh()
      }),
    ]
  }

  /** The axis of every chart on the screen; null until something has arrived. */
  get axis(): { readonly from: EpochMs; readonly to: EpochMs } | null {
    const range = this.timeline.range
    if (range.kind === 'fixed') return { from: range.from, to: range.to }
    if (this.#to === null || this.#from === null) return null
    const to = Math.max(this.#to, this.newest() ?? this.#to)
    return { from: to - range.span, to }
  }

  /** @returns a function that gives the series up again. */
  want(series: number, width: number): () => void {
    return this.#want(this.#readings, series, width)
  }

  /** @returns a function that gives the key up again. */
  wantResult(results: ResultStatistic, key: number, width: number): () => void {
    const name = JSON.stringify([results.pipeline, results.statistic])
    let wanted = this.#results.get(name)
    if (!wanted) this.#results.set(name, (wanted = { results, series: new Map() }))
    return this.#want(wanted, key, width)
  }

  /** The newest frame of a key's results. */
  resultFrame(results: ResultStatistic, key: number): SeriesFrame | undefined {
    return this.#resultFrames.get(frameName(results, key))
  }

  #want({ series: wanted }: Wanted, series: number, width: number): () => void {
    wanted.set(series, (wanted.get(series) ?? 0) + 1)
    const columns = Math.min(8192, Math.ceil(width / 64) * 64)
    if (columns > this.#width) this.#width = columns
    this.#refresh()
    return () => {
      const left = (wanted.get(series) ?? 1) - 1
      if (left > 0) wanted.set(series, left)
      else wanted.delete(series)
      this.#refresh()
    }
  }

  /** To be called when the range changed. */
  rangeChanged(_range: Range): void {
    this.#refresh()
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const stop of this.#stops) stop()
    for (const view of this.#views.values()) void this.connection.call('closeView', { view: view.number })
    this.#views.clear()
  }

  #refresh(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#open(), SETTLE_MS)
  }

  #open(): void {
    const names = new Set<string>()
    for (const { results, series } of [this.#readings, ...this.#results.values()])
      planViews([...series.keys()], this.timeline.range, this.#width, results).forEach((spec, index) => {
        // A view keeps its number only for the same kind of data, so that no late frame is taken for another's.
        const name = JSON.stringify([index, results])
        names.add(name)
        this.#openView(name, spec, results)
      })
    for (const [name, view] of this.#views) {
      if (names.has(name)) continue
      this.#views.delete(name)
      void this.connection.call('closeView', { view: view.number })
    }
  }

  #openView(name: string, spec: ViewInput, results: ResultStatistic | undefined): void {
    const key = JSON.stringify(spec)
    const before = this.#views.get(name)
    if (before?.key === key) return
    const number = before?.number ?? ++lastView
    this.#views.set(name, { number, key, results })
    void this.connection.call('openView', { view: number, spec }).then((outcome) => {
      this.error = outcome.ok || outcome.error.code === 'engine-down' ? null : outcome.error.message
    })
  }

  #take(frame: Frame): void {
    const view = [...this.#views.values()].find(({ number }) => number === frame.view)
    if (!view) return
    if (this.#to === null || frame.to > this.#to || this.#views.size === 1) {
      this.#from = frame.from
      this.#to = frame.to
    }
    for (const series of frame.series)
      if (view.results) this.#resultFrames.set(frameName(view.results, series.id), series)
      else this.frames.set(series.id, series)
    if (this.axis) this.timeline.shown = this.axis
  }
}

const frameName = ({ pipeline, statistic }: ResultStatistic, key: number): string => `${pipeline} ${statistic} ${key}`

/** The fewest views for these series; the same series give the same views, in whatever order they came. */
export function planViews(
  series: readonly number[],
  range: Range,
  width: number,
  results?: ResultStatistic,
): ViewInput[] {
  const sorted = [...series].sort((a, b) => a - b)
  const specs: ViewInput[] = []
  for (let at = 0; at < sorted.length; at += SERIES_PER_VIEW) {
    const some = sorted.slice(at, at + SERIES_PER_VIEW)
    specs.push({ series: some, ...(results ? { results } : { windows: true }), range, width, rate: 5 })
  }
  return specs
}
