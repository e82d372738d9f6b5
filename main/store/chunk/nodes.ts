/**
 * The adaptive model of one binary decision. A node is one Int32: the probability of a 0 in 1/32768 (upper bits) and
 * how many bits it has seen (lowest 8). The first bits move it by 1/(n + 1.6), close to the Krichevsky-Trofimov
 * estimator, later ones by 1/64: a chunk is short, so learning fast is worth more than the last per cent.
 *
 * The coder that uses the nodes is an arithmetic coder with carry propagation (Martin 1979, as in LZMA), with a window
 * of 31 bits so that everything stays in the int32 arithmetic of a JavaScript engine.
 */
export const WINDOW = 0x7fff_ffff
/** Below this range a byte is shifted out; above it a node's probability is always resolved. */
export const RENORMALISE = 1 << 23

/** A probability is a share of 2^15. */
export const PROBABILITY_BITS = 15
const ONE = 1 << PROBABILITY_BITS
const SEEN_BITS = 8
const SEEN = (1 << SEEN_BITS) - 1
const LAST_RATE = 62
/** By how much a node moves, in 1/32768 of the way, by the number of bits it has seen. */
const RATES = Int32Array.from({ length: LAST_RATE + 1 }, (_, n) => Math.round(ONE / (n + 1.6)))

/** A node that has seen nothing: one half. */
export const FRESH = (ONE >> 1) << SEEN_BITS

/** The probability of a 0, above 0 and below 2^15. */
export const probabilityOf = (node: number): number => node >> SEEN_BITS

/** The node once it has seen a bit. `zero` is a mask, −1 for a 0 and 0 for a 1: bits are hard to guess for a branch. */
export function learned(node: number, zero: number): number {
  const p = node >> SEEN_BITS
  const seen = node & SEEN
  const distance = (p ^ zero) + ((ONE + 1) & zero)
  const move = Math.imul(distance, RATES[seen] as number) >> PROBABILITY_BITS
  return ((p + ((move ^ ~zero) - ~zero)) << SEEN_BITS) | (seen < LAST_RATE ? seen + 1 : seen)
}
