/** Pointer and keys on the plot of a chart: crosshair, drag to zoom, shift-drag and arrows to pan, double click back. */
import type { EpochMs } from '../../shared/model/time'
import type { PlotArea } from './lineOption'

export interface PlotTimeline {
  crosshair: EpochMs | null
  /** Two cursors that stay where they are put. */
  readonly markers?: { a: EpochMs | null; b: EpochMs | null } | undefined
  zoom(from: EpochMs, to: EpochMs): void
  pan(share: number): void
  scale(factor: number, around: EpochMs): void
  back(): void
}

export interface Plot {
  readonly from: EpochMs
  readonly to: EpochMs
  readonly width: number
  readonly area: PlotArea
}

const MIN_DRAG = 4

export class PlotGestures {
  /** The stretch being dragged, px from the left of the chart. */
  selection = $state.raw<{ readonly left: number; readonly width: number } | null>(null)
  pointerX = $state<number | null>(null)
  #start = 0
  #panFrom: number | null = null

  constructor(
    private readonly timeline: PlotTimeline,
    private readonly plot: () => Plot,
  ) {}

  timeAt(x: number): EpochMs {
    const { from, to, width, area } = this.plot()
    const inner = width - area.left - area.right
    return from + (Math.min(Math.max(x - area.left, 0), inner) / inner) * (to - from)
  }

  xOf(time: EpochMs): number | null {
    const { from, to, width, area } = this.plot()
    return time < from || time > to
      ? null
      : area.left + ((time - from) / (to - from)) * (width - area.left - area.right)
  }

  readonly down = (event: PointerEvent): void => {
    if (event.button !== 0) return
    if (event.currentTarget instanceof HTMLElement) event.currentTarget.setPointerCapture(event.pointerId)
    if (event.shiftKey) this.#panFrom = event.offsetX
    else this.selection = { left: (this.#start = event.offsetX), width: 0 }
  }

  readonly move = (event: PointerEvent): void => {
    this.pointerX = event.offsetX
    this.timeline.crosshair = this.timeAt(event.offsetX)
    if (this.selection)
      this.selection = { left: Math.min(this.#start, event.offsetX), width: Math.abs(event.offsetX - this.#start) }
    if (this.#panFrom !== null) {
      this.timeline.pan((this.#panFrom - event.offsetX) / this.plot().width)
      this.#panFrom = event.offsetX
    }
  }

  readonly up = (): void => {
    const drag = this.selection
    this.selection = null
    this.#panFrom = null
    if (drag && drag.width >= MIN_DRAG) this.timeline.zoom(this.timeAt(drag.left), this.timeAt(drag.left + drag.width))
  }

  readonly leave = (): void => {
    this.pointerX = null
    this.timeline.crosshair = null
  }

  readonly doubleClick = (): void => this.timeline.back()

  readonly wheel = (event: WheelEvent): void => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault()
      this.timeline.scale(event.deltaY > 0 ? 1.25 : 0.8, this.timeAt(event.offsetX))
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault()
      this.timeline.pan(event.deltaX / this.plot().width)
    }
  }

  /** Under the pointer, or in the middle. */
  #mark(name: 'a' | 'b', around: EpochMs): void {
    if (this.timeline.markers) this.timeline.markers[name] = this.timeline.crosshair ?? around
  }

  readonly key = (event: KeyboardEvent): void => {
    const { from, to } = this.plot()
    const around = (from + to) / 2
    const actions: Record<string, () => void> = {
      ArrowLeft: () => this.timeline.pan(-0.1),
      ArrowRight: () => this.timeline.pan(0.1),
      '+': () => this.timeline.scale(0.8, around),
      '=': () => this.timeline.scale(0.8, around),
      '-': () => this.timeline.scale(1.25, around),
      Backspace: () => this.timeline.back(),
      a: () => this.#mark('a', around),
      b: () => this.#mark('b', around),
    }
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key]
    if (!action) return
    event.preventDefault()
    action()
  }
}
