/** Where the numbers of a record of moments stand. */

export const COUNT = 0
/** The first value to arrive: mean and variance are of the differences from it, so that they keep their digits. */
export const ORIGIN = 1
export const SUM = 2
export const COMPENSATION = 3
export const MEAN = 4
export const M2 = 5
export const MIN = 6
export const MAX = 7
export const FIRST_TIME = 8
export const FIRST = 9
export const LAST_TIME = 10
export const LAST = 11
/** The same for times. */
export const TIME_MEAN = 12
export const TIME_M2 = 13
export const CROSS = 14
export const TIME_ORIGIN = 15
