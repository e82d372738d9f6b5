/** Live or paused, and the time range: one state for the whole window. */
import type { EpochMs } from '../../shared/model/time'
import { sameRange } from './range'
import type { Range } from './range'

const DEFAULT_SPAN = 3_600_000
const MAX_BACK = 50

export class Timeline {
  range = $state.raw<Range>({ kind: 'live', span: DEFAULT_SPAN })
  /** What the charts show right now; set by the frames. */
  shown = $state.raw<{ readonly from: EpochMs; readonly to: EpochMs } | null>(null)
  /** The time under the pointer, shared by all charts of the screen. */
  crosshair = $state<EpochMs | null>(null)
  /** Two cursors that stay where they are put, also when the range changes. */
  readonly markers = $state<{ a: EpochMs | null; b: EpochMs | null }>({ a: null, b: null })
  #back = $state.raw<readonly Range[]>([])
  #liveSpan = DEFAULT_SPAN
  #storedAtPause = $state<number | null>(null)
  readonly #stored: () => number | null

  /** @param stored how many samples are stored, for the count of new ones while paused. */
  constructor(stored: () => number | null) {
    this.#stored = stored
  }

  get live(): boolean {
    return this.range.kind === 'live'
  }
  get canGoBack(): boolean {
    return this.#back.length > 0
  }
  /** Samples stored since the view was paused. */
  get arrived(): number {
    return this.#storedAtPause === null ? 0 : Math.max(0, (this.#stored() ?? 0) - this.#storedAtPause)
  }

  show(range: Range): void {
    if (sameRange(range, this.range)) return
    this.#back = [...this.#back.slice(-MAX_BACK), this.range]
    this.#set(range)
  }

  /** Freezes the view where it is; collecting goes on. */
  pause(): void {
    if (this.range.kind === 'live' && this.shown) this.#set({ kind: 'fixed', ...this.shown })
  }

  /** Both cursors into the range that is shown, or away. */
  toggleMarkers(): void {
    const { markers, shown } = this
    const on = markers.a === null && markers.b === null && shown !== null
    markers.a = on ? shown.from + (shown.to - shown.from) / 3 : null
    markers.b = on ? shown.from + ((shown.to - shown.from) * 2) / 3 : null
  }

  jumpToLive(): void {
    this.#back = []
    this.#set({ kind: 'live', span: this.#liveSpan })
  }

  toggle(): void {
    if (this.live) this.pause()
    else this.jumpToLive()
  }

  zoom(from: EpochMs, to: EpochMs): void {
    if (to - from >= 1) this.show({ kind: 'fixed', from, to })
  }

  /** Moves the view by a share of its width; moving pauses. */
  pan(share: number): void {
    const shown = this.range.kind === 'fixed' ? this.range : this.shown
    if (!shown) return
    const by = (shown.to - shown.from) * share
    this.#set({ kind: 'fixed', from: shown.from + by, to: shown.to + by })
  }

  /** Scales the view around a time by a factor; below 1 is closer. */
  scale(factor: number, around: EpochMs): void {
    const shown = this.range.kind === 'fixed' ? this.range : this.shown
    if (!shown) return
    const from = around - (around - shown.from) * factor
    const to = around + (shown.to - around) * factor
    if (to - from >= 10) this.#set({ kind: 'fixed', from, to })
  }

  back(): void {
    const previous = this.#back.at(-1)
    if (!previous) return
    this.#back = this.#back.slice(0, -1)
    this.#set(previous)
  }

  #set(range: Range): void {
    if (range.kind === 'live') {
      this.#liveSpan = range.span
      this.#storedAtPause = null
    } else if (this.#storedAtPause === null) {
      this.#storedAtPause = this.#stored()
    }
    this.range = range
  }
}
