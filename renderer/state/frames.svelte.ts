/**
 * The views of one screen. Charts and tiles ask for their series while they are visible; the hub opens as few engine
 * views as that takes, and keeps the newest frame of every series. All share one time axis, so that a silent series
 * ends where its data ends instead of sliding its own axis back.
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

interface OpenView {
  readonly number: number
  readonly key: string
}

export class FrameHub {
  readonly frames = new SvelteMap<number, SeriesFrame>()
  /** What the engine said about a view it could not open. */
  error = $state<string | null>(null)
  #to = $state<EpochMs | null>(null)
  #from = $state<EpochMs | null>(null)
  readonly #wanted = new Map<number, number>()
  #width = 320
  #views: OpenView[] = []
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
        this.#views = []
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
    this.#wanted.set(series, (this.#wanted.get(series) ?? 0) + 1)
    const columns = Math.min(8192, Math.ceil(width / 64) * 64)
    if (columns > this.#width) this.#width = columns
    this.#refresh()
    return () => {
      const left = (this.#wanted.get(series) ?? 1) - 1
      if (left > 0) this.#wanted.set(series, left)
      else this.#wanted.delete(series)
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
    for (const view of this.#views) void this.connection.call('closeView', { view: view.number })
    this.#views = []
  }

  #refresh(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#open(), SETTLE_MS)
  }

  #open(): void {
    const specs = planViews([...this.#wanted.keys()], this.timeline.range, this.#width)
    specs.forEach((spec, index) => {
      const key = JSON.stringify(spec)
      if (this.#views[index]?.key === key) return
      const number = this.#views[index]?.number ?? ++lastView
      this.#views[index] = { number, key }
      void this.connection.call('openView', { view: number, spec }).then((outcome) => {
        this.error = outcome.ok || outcome.error.code === 'engine-down' ? null : outcome.error.message
      })
    })
    for (const view of this.#views.splice(specs.length)) void this.connection.call('closeView', { view: view.number })
  }

  #take(frame: Frame): void {
    if (!this.#views.some((view) => view.number === frame.view)) return
    if (this.#to === null || frame.to > this.#to || this.#views.length === 1) {
      this.#from = frame.from
      this.#to = frame.to
    }
    for (const series of frame.series) this.frames.set(series.id, series)
    if (this.axis) this.timeline.shown = this.axis
  }
}

/** The fewest views for these series; the same series give the same views, in whatever order they came. */
export function planViews(series: readonly number[], range: Range, width: number): ViewInput[] {
  const sorted = [...series].sort((a, b) => a - b)
  const specs: ViewInput[] = []
  for (let at = 0; at < sorted.length; at += SERIES_PER_VIEW) {
    specs.push({ series: sorted.slice(at, at + SERIES_PER_VIEW), windows: true, range, width, rate: 5 })
  }
  return specs
}
