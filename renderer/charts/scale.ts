/** A vertical scale with round ticks, the same digits on every label. */

export interface Scale {
  readonly min: number
  readonly max: number
  readonly step: number
  /** Digits after the point that tell neighbouring ticks apart. */
  readonly digits: number
}

/**
 * A scale that holds [low, high] with about `ticks` round steps.
 * Two states (0 and 1) keep exactly those; a constant gets room on both sides.
 */
export function niceScale(low: number, high: number, ticks = 5): Scale {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { min: 0, max: 1, step: 0.2, digits: 1 }
  if ((low === 0 || low === 1) && (high === 0 || high === 1)) return { min: 0, max: 1, step: 1, digits: 0 }
  const room = high > low ? 0 : Math.abs(high) * 0.05 || 1
  const bottom = low - room
  const top = high + room
  const step = niceStep((top - bottom) / ticks)
  const min = Math.floor(bottom / step + 1e-9) * step
  const max = Math.ceil(top / step - 1e-9) * step
  const digits = Math.min(10, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))
  return { min, max, step, digits: (step / 10 ** -digits) % 1 > 1e-9 ? digits + 1 : digits }
}

/** 1, 2 or 5 times a power of ten, not below `rough`. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  const share = rough / power
  return (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10) * power
}
