/**
 * The scoring of the Numenta Anomaly Benchmark: A. Lavin, S. Ahmad, "Evaluating Real-time Anomaly Detection Algorithms",
 * ICMLA 2015. The first rows of a file count for nothing; a labelled window gives what its earliest alarm is worth, an
 * alarm outside of one costs the more the farther behind the window before it.
 */
export interface Profile {
  falseNegative: number
  falsePositive: number
}
export const STANDARD: Profile = { falseNegative: 1, falsePositive: 0.11 }
export const REWARD_LOW_FP: Profile = { falseNegative: 1, falsePositive: 0.22 }
export const REWARD_LOW_FN: Profile = { falseNegative: 2, falsePositive: 0.11 }

/** Rows of a file; windows as [first row, last row]. */
export interface Labelled {
  rows: number
  windows: readonly (readonly [number, number])[]
}

/** Rows at the beginning of a file that NAB neither rewards nor punishes. */
export function probation(rows: number): number {
  return Math.min(Math.floor(0.15 * rows), 750)
}

/**
 * What the alarms of one file give, between −(falseNegative × windows) and the number of windows, less false alarms.
 * `from`: the first row that counts.
 */
export function rawScore(
  file: Labelled,
  scores: ArrayLike<number>,
  threshold: number,
  profile: Profile,
  from = probation(file.rows),
): number {
  const { windows } = file
  let total = 0
  let open = 0
  let best = NaN
  let previous: readonly [number, number] | undefined
  for (let row = 0; row < file.rows; row++) {
    const window = windows[open]
    const inside = window !== undefined && row >= window[0]
    const alarm = row >= from && (scores[row] as number) >= threshold
    if (alarm && !inside) total += profile.falsePositive * outsideValue(row, previous)
    if (!inside) continue
    if (alarm && !(best >= 0)) best = insideValue(row, window)
    if (row < window[1]) continue
    // A window that ended within the first rows is not asked for.
    if (row >= from) total += Number.isNaN(best) ? -profile.falseNegative : best
    best = NaN
    previous = window
    open++
  }
  return total
}

/** 100 for every window found at its left edge without a false alarm, 0 for no alarm at all. */
export function normalised(
  files: readonly Labelled[],
  raw: number,
  profile: Profile,
  from: (rows: number) => number = probation,
): number {
  let perfect = 0
  let silent = 0
  for (const { rows, windows } of files) {
    perfect += windows.length
    silent -= profile.falseNegative * windows.filter(([, last]) => last >= from(rows)).length
  }
  return (100 * (raw - silent)) / (perfect - silent)
}

function insideValue(row: number, [first, last]: readonly [number, number]): number {
  return sigmoid(-(last - row + 1) / (last - first + 1)) / sigmoid(-1)
}

function outsideValue(row: number, previous: readonly [number, number] | undefined): number {
  return previous === undefined ? -1 : sigmoid((row - previous[1]) / (previous[1] - previous[0]))
}

/** 1 far before, 0 at, −1 far behind the end of a window; `x` in widths of the window. */
function sigmoid(x: number): number {
  return x > 3 ? -1 : 2 / (1 + Math.exp(5 * x)) - 1
}
