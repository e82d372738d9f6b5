import type { EpochMs } from '../../shared/model/time'

const bits = new DataView(new ArrayBuffer(8))

/** The smallest watermark that is greater than t: the next double. */
export function after(t: EpochMs): EpochMs {
  if (t === 0) return Number.MIN_VALUE
  bits.setFloat64(0, t)
  const low = bits.getUint32(4)
  const step = t > 0 ? 1 : -1
  bits.setUint32(4, low + step)
  if (low === (t > 0 ? 0xffff_ffff : 0)) bits.setUint32(0, bits.getUint32(0) + step)
  return bits.getFloat64(0)
}
