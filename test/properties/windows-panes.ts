/** A window of the naive twin with all its events, and what comes of one. */
import type { Event } from './windows-cases'

export interface Fired {
  readonly pipeline: string
  readonly kind: 'fire' | 'late' | 'unassigned'
  readonly key: string
  readonly start: number
  readonly end: number
  readonly revision: number
  readonly index: number
  readonly replaces: string
  readonly values: readonly number[]
}

export interface Pane {
  readonly key: string
  readonly start: number
  readonly end: number
  events: Event[]
  revision: number
  /** Of the last firing. */
  values: readonly number[]
  /** By series: the sample before the window, as known when it first fired. */
  carried: Map<string, Event> | null
  replaces: [number, number][]
}

export function pane(of: Omit<Pane, 'revision' | 'values' | 'replaces'>): Pane {
  return { ...of, revision: 0, values: [], replaces: [] }
}

/** By end, then key, then start. */
export const inOrder = (a: Pane, b: Pane): number =>
  a.end - b.end || (a.key < b.key ? -1 : a.key > b.key ? 1 : a.start - b.start)
