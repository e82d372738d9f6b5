/**
 * The steps of two stacks on records of sums, moments and extremes. The same arithmetic as
 * `Moments.mergeOf` once for each two; but the records, which are in no near cache when a key's turn comes, are asked
 * for together and not one after the other, and what they become is not read back.
 */
import { COUNT, ORIGIN, SUM, COMPENSATION, MEAN, M2, MIN, MAX } from './moment-record'

/**
 * A slice comes to the back, and the window `into` is the front with it. All are places in the columns. False, and
 * everything as it was, where one of them is empty.
 */
export function slideRecord(c: Float64Array, front: number, back: number, slice: number, into: number): boolean {
  const nf = c[front + COUNT] as number
  const nb = c[back + COUNT] as number
  const ns = c[slice + COUNT] as number
  if (nf === 0 || nb === 0 || ns === 0) return false
  const sumF = c[front + SUM] as number
  const sumB = c[back + SUM] as number
  const sumS = c[slice + SUM] as number
  const originF = c[front + ORIGIN] as number
  const originB = c[back + ORIGIN] as number
  const n = nb + ns
  const shareS = ns / n
  const all = nf + n
  const share = n / all

  const delta = (c[slice + MEAN] as number) - (c[back + MEAN] as number) + ((c[slice + ORIGIN] as number) - originB)
  const mean = (c[back + MEAN] as number) + delta * shareS
  const m2 = (c[back + M2] as number) + (c[slice + M2] as number) + delta * delta * (nb * shareS)
  const min = smaller(c, back + MIN, slice + MIN)
  const max = larger(c, back + MAX, slice + MAX)
  const sum = sumB + sumS
  const added = sum - sumB
  const compensation =
    (c[back + COMPENSATION] as number) + (c[slice + COMPENSATION] as number) + (sumB - (sum - added) + (sumS - added))
  c[back + COUNT] = n
  c[back + SUM] = sum
  c[back + COMPENSATION] = compensation
  c[back + MEAN] = mean
  c[back + M2] = m2
  c[back + MIN] = min
  c[back + MAX] = max

  const meanF = c[front + MEAN] as number
  const away = mean - meanF + (originB - originF)
  const total = sumF + sum
  const joined = total - sumF
  c[into + COUNT] = all
  c[into + ORIGIN] = originF
  c[into + SUM] = total
  c[into + COMPENSATION] =
    (c[front + COMPENSATION] as number) + compensation + (sumF - (total - joined) + (sum - joined))
  c[into + MEAN] = meanF + away * share
  c[into + M2] = (c[front + M2] as number) + m2 + away * away * (nf * share)
  c[into + MIN] = smaller(c, front + MIN, back + MIN)
  c[into + MAX] = larger(c, front + MAX, back + MAX)
  return true
}

/**
 * From the last but one on, each of the slots [from, to) becomes what it and those behind it hold together. None is
 * empty.
 */
export function foldRecords(c: Float64Array, stride: number, slots: Int32Array, from: number, to: number): void {
  let at = (slots[to - 1] as number) * stride
  let n = c[at + COUNT] as number
  let origin = c[at + ORIGIN] as number
  let sum = c[at + SUM] as number
  let compensation = c[at + COMPENSATION] as number
  let mean = c[at + MEAN] as number
  let m2 = c[at + M2] as number
  let before = at
  for (let i = to - 2; i >= from; i--) {
    at = (slots[i] as number) * stride
    const own = c[at + COUNT] as number
    const ownOrigin = c[at + ORIGIN] as number
    const ownSum = c[at + SUM] as number
    const ownMean = c[at + MEAN] as number
    const all = own + n
    const share = n / all
    const delta = mean - ownMean + (origin - ownOrigin)
    const total = ownSum + sum
    const added = total - ownSum
    compensation = (c[at + COMPENSATION] as number) + compensation + (ownSum - (total - added) + (sum - added))
    m2 = (c[at + M2] as number) + m2 + delta * delta * (own * share)
    mean = ownMean + delta * share
    c[at + MIN] = smaller(c, at + MIN, before + MIN)
    c[at + MAX] = larger(c, at + MAX, before + MAX)
    before = at
    n = all
    sum = total
    origin = ownOrigin
    c[at + COUNT] = n
    c[at + SUM] = sum
    c[at + COMPENSATION] = compensation
    c[at + MEAN] = mean
    c[at + M2] = m2
  }
}

/**
 * The smaller of two numbers in the columns, by its place and not by a branch: which one it is cannot be foretold, and
 * Math.min has a branch inside. What is not chosen is −0 for 0 at most.
 */
function smaller(c: Float64Array, a: number, b: number): number {
  return c[a + ((b - a) & -Number((c[b] as number) < (c[a] as number)))] as number
}

function larger(c: Float64Array, a: number, b: number): number {
  return c[a + ((b - a) & -Number((c[b] as number) > (c[a] as number)))] as number
}
