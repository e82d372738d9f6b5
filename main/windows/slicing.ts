/**
 * Assigners of windows with fixed bounds. Time is cut into slices at the edges of all windows, so that every window
 * is a run of whole slices and windows that overlap share them (Krishnamurthy et al., SIGMOD 2006; Flink's slices).
 */
import type { WindowKind } from '../../shared/config/pipeline'
import { durationMs } from '../../shared/config/duration'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { CalendarSlicing } from './calendar'

/** No two windows of one slicing have the same end, so an end names a window. Bounds are whole milliseconds. */
export interface Slicing {
  /** True where every window is one slice. */
  readonly disjoint: boolean
  /**
   * Finds the slice that contains t and its windows; answers in `sliceStart` … `lastEnd`. The slice located last costs
   * nothing: series that run at the same time ask for the same one in turn.
   */
  locate(t: EpochMs): void
  sliceStart: EpochMs
  sliceEnd: EpochMs
  /** The smallest and largest end of the windows that contain the slice located; none where firstEnd > lastEnd. */
  firstEnd: EpochMs
  lastEnd: EpochMs
  /** The same of any slice, by its start. What is located may change. */
  firstEndOf(sliceStart: EpochMs): EpochMs
  lastEndOf(sliceStart: EpochMs): EpochMs
  /** The smallest end of a window that is > t. */
  endAfter(t: EpochMs): EpochMs
  /** The same after the end of a window, without a division where it can be had without. */
  following(end: EpochMs): EpochMs
  /** The start of the window with this end. */
  startOf(end: EpochMs): EpochMs
  /** Slices that start before this are in no window that ends after `end`, which is the end of one. */
  neededFrom(end: EpochMs): EpochMs
}

/** Of durations in whole ms. @throws Error for sessions, counts and the whole, and where a zone is unknown */
export function createSlicing(window: WindowKind): Slicing {
  switch (window.kind) {
    case 'tumbling': {
      const size = durationMs(window.size)
      return new RegularSlicing(size, size, durationMs(window.offset))
    }
    case 'hopping':
      return new RegularSlicing(durationMs(window.size), durationMs(window.slide), durationMs(window.offset))
    case 'cumulative':
      return new CumulativeSlicing(durationMs(window.size), durationMs(window.step), durationMs(window.offset))
    case 'calendar':
      return new CalendarSlicing(window.unit, window.zone, window.startsAt)
    default:
      throw new Error(`${window.kind} windows have no fixed bounds`)
  }
}

/**
 * The largest multiple of `step` shifted by `offset` that is ≤ t, exact for fractions of a millisecond: t in ms since the
 * epoch, of either sign, `step` > 0 and `offset`, of either sign, in whole ms.
 */
export function alignedFloor(t: EpochMs, step: DurationMs, offset: DurationMs): EpochMs {
  const from = t - offset
  if (from > -SAFE && from < SAFE) {
    // A division is several times faster than the remainder of doubles; its rounding is put right afterwards.
    const start = Math.floor(from / step) * step + offset
    if (start > t) return start - step
    return t - start >= step ? start + step : start
  }
  const whole = Math.floor(t)
  const rest = ((whole % step) - (offset % step)) % step
  return whole - (rest < 0 ? rest + step : rest)
}

/** Far enough below 2^53 for whole milliseconds, their fractions put aside. */
const SAFE = 2 ** 51

/** Tumbling and hopping windows; slide > size leaves holes. */
class RegularSlicing implements Slicing {
  readonly disjoint: boolean
  sliceStart = 0
  sliceEnd = 0
  firstEnd = 0
  lastEnd = 0
  /** Where a slide is cut, because a window ends there; 0 where it is not cut. */
  private readonly cut: DurationMs

  constructor(
    private readonly size: DurationMs,
    private readonly slide: DurationMs,
    private readonly offset: DurationMs,
  ) {
    this.disjoint = slide >= size
    this.cut = size % slide
  }

  locate(t: EpochMs): void {
    if (t >= this.sliceStart && t < this.sliceEnd) return
    const { size, slide } = this
    const start = alignedFloor(t, slide, this.offset)
    const { cut } = this
    const beyond = cut > 0 && t >= start + cut
    this.sliceStart = beyond ? start + cut : start
    this.sliceEnd = cut > 0 && !beyond ? start + cut : start + slide
    this.lastEnd = start + size
    // The earliest window that still contains the slice's end.
    if (slide > size && beyond) this.firstEnd = Infinity
    else if (cut === 0) this.firstEnd = start + slide
    else this.firstEnd = start + cut + (beyond ? slide : 0)
  }

  firstEndOf(sliceStart: EpochMs): EpochMs {
    if (this.cut === 0) return sliceStart + this.slide
    this.locate(sliceStart)
    return this.firstEnd
  }

  lastEndOf(sliceStart: EpochMs): EpochMs {
    if (this.cut === 0) return sliceStart + this.size
    return alignedFloor(sliceStart, this.slide, this.offset) + this.size
  }

  endAfter(t: EpochMs): EpochMs {
    return alignedFloor(t, this.slide, this.offset + (this.size % this.slide)) + this.slide
  }

  following(end: EpochMs): EpochMs {
    return end + this.slide
  }

  startOf(end: EpochMs): EpochMs {
    return end - this.size
  }

  neededFrom(end: EpochMs): EpochMs {
    return end - this.size + this.slide
  }
}

/** [s, s+step), [s, s+2·step) … [s, s+size): slices are the steps. */
class CumulativeSlicing implements Slicing {
  readonly disjoint: boolean
  sliceStart = 0
  sliceEnd = 0
  firstEnd = 0
  lastEnd = 0

  constructor(
    private readonly size: DurationMs,
    private readonly step: DurationMs,
    private readonly offset: DurationMs,
  ) {
    this.disjoint = size === step
  }

  locate(t: EpochMs): void {
    if (t >= this.sliceStart && t < this.sliceEnd) return
    this.sliceStart = alignedFloor(t, this.step, this.offset)
    this.sliceEnd = this.sliceStart + this.step
    this.firstEnd = this.sliceEnd
    this.lastEnd = alignedFloor(t, this.size, this.offset) + this.size
  }

  firstEndOf(sliceStart: EpochMs): EpochMs {
    return sliceStart + this.step
  }

  lastEndOf(sliceStart: EpochMs): EpochMs {
    return alignedFloor(sliceStart, this.size, this.offset) + this.size
  }

  endAfter(t: EpochMs): EpochMs {
    return alignedFloor(t, this.step, this.offset) + this.step
  }

  following(end: EpochMs): EpochMs {
    return end + this.step
  }

  startOf(end: EpochMs): EpochMs {
    return alignedFloor(end - 1, this.size, this.offset)
  }

  neededFrom(end: EpochMs): EpochMs {
    return alignedFloor(end, this.size, this.offset)
  }
}
