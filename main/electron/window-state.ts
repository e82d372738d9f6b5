/** Where the window was: kept between runs, and brought back onto a screen that is still there. */
import { z } from 'zod'
import { readJson, writeJson } from './json-file'

export interface Bounds {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
export interface WindowState {
  /** Null: never placed by the user; the system chooses. */
  readonly bounds: Bounds | null
  readonly maximized: boolean
}

type Size = Pick<Bounds, 'width' | 'height'>

export const DEFAULT_SIZE: Size = { width: 1440, height: 900 }
export const LEAST_SIZE: Size = { width: 880, height: 560 }
/** This much of the window must be on a screen, or its title bar could not be reached. */
const LEAST_VISIBLE: Size = { width: 120, height: 48 }

const whole = z.number().int()
const windowState = z.strictObject({
  bounds: z.strictObject({ x: whole, y: whole, width: whole.positive(), height: whole.positive() }).nullable(),
  maximized: z.boolean(),
})

export function loadWindowState(path: string): WindowState {
  return readJson(path, windowState).value ?? { bounds: null, maximized: false }
}

export function saveWindowState(path: string, state: WindowState): void {
  writeJson(path, state)
}

/** @param screens the work areas of the displays that are connected now, the first one first. */
export function placeWindow(saved: Bounds | null, screens: readonly Bounds[]): Size & Partial<Bounds> {
  const home = screens.find((screen) => saved !== null && isReachable(saved, screen))
  if (saved === null || home === undefined) return fit(DEFAULT_SIZE, screens[0])
  return { x: saved.x, y: saved.y, ...fit(saved, home) }
}

function fit(wanted: Size, screen: Size = wanted): Size {
  return {
    width: Math.max(LEAST_SIZE.width, Math.min(wanted.width, screen.width)),
    height: Math.max(LEAST_SIZE.height, Math.min(wanted.height, screen.height)),
  }
}

function isReachable(bounds: Bounds, screen: Bounds): boolean {
  const width = Math.min(bounds.x + bounds.width, screen.x + screen.width) - Math.max(bounds.x, screen.x)
  const top = bounds.y >= screen.y - 8 && bounds.y + LEAST_VISIBLE.height <= screen.y + screen.height
  return width >= LEAST_VISIBLE.width && top
}
