/**
 * Residuals of a prediction as a stream of adaptive bits and a stream of plain bits. A residual e has a class c, the
 * length of |e| in bits (0 to 54), as in Elias' gamma code and JPEG's difference coding. The class is told by steps away
 * from the expected class k: first whether c ≥ k, then one stop bit per class passed, each with a node of its own for
 * every k. k follows the recent classes (each moves it by a quarter), which tells calm from wild stretches. Then the
 * sign, with a node by the sign before, then the next three bits below the leading one, with nodes by class; what is
 * left is close to evenly spread and is written plainly.
 *
 *     u8 first class, varint n, then n bytes of the range coder, varint n, then n bytes of plain bits
 *
 * The walk to the class takes two to three coded bits where a tree of all classes takes six, and came out smaller.
 */
export const MAX_CLASS = 54
/** Bits below the leading one that have a model. A fourth gained 0.15%, and every residual would pay for it. */
export const MODELLED = 3

/** The row of an expected class; its last node is the question c ≥ k, the others are stop bits. */
export const ROW_BITS = 6
export const AT_LEAST = (1 << ROW_BITS) - 1
export const BELOW = (MAX_CLASS + 1) << ROW_BITS
/** One node for the sign after each of: a zero, a positive, a negative residual. */
export const SIGNS = BELOW + ((MAX_CLASS + 1) << MODELLED)
export const NODES = SIGNS + 3

/** The running mean of classes, in sixteenths. */
export const expectedClass = (mean: number): number => (mean + 8) >> 4
export const nextMean = (mean: number, length: number): number => mean + (((length << 4) - mean) >> 2)

/** The length in bits of a whole number from 0 to 2^53. */
export function bitLength(magnitude: number): number {
  return magnitude < 0x8000_0000 ? 32 - Math.clz32(magnitude) : 63 - Math.clz32(magnitude / 0x8000_0000)
}
