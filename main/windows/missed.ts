/** Which windows were over when a sample came that belongs to them: those are computed anew from the stored readings. */
import type { WindowKind } from '../../shared/config/pipeline'
import { durationMs } from '../../shared/config/duration'
import type { EpochMs } from '../../shared/model/time'
import { createSlicing } from './slicing'

/** [start, end) */
export type Span = readonly [EpochMs, EpochMs]

export interface MissedWindows {
  /** The windows that hold any time of [from, to] and end at or before `until`; the session that [from, to] would be. */
  spans(from: EpochMs, to: EpochMs, until: EpochMs): Span[]
}

/**
 * Bounds in ms since the epoch. Null for kinds whose windows no sample can miss, and for count windows: which elements
 * they held is not stored. @throws Error where a calendar's zone is unknown
 */
export function missedWindows(window: WindowKind): MissedWindows | null {
  switch (window.kind) {
    case 'count':
    case 'whole':
      return null
    case 'session': {
      const gap = durationMs(window.gap)
      return { spans: (from, to) => [[from, to + gap]] }
    }
    default: {
      const slicing = createSlicing(window)
      return {
        spans: (from, to, until) => {
          slicing.locate(to)
          const last = Math.min(slicing.lastEnd, until)
          slicing.locate(from)
          const spans: Span[] = []
          // Windows need not touch: the first end may be that of one that begins after `from`.
          for (let end = slicing.endAfter(from); end <= last; end = slicing.following(end)) {
            const start = slicing.startOf(end)
            if (start <= to) spans.push([start, end])
          }
          return spans
        },
      }
    }
  }
}
