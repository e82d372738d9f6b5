/** Numbers at one exact distance, whatever the count: constants and regular times. `signed first, signed step` */
import type { IntegerCodec } from './contracts'
import { boundedSigned } from './contracts'

export const linear: IntegerCodec = {
  name: 'linear',
  id: 0,
  encode(numbers, n, _most, _budget, out) {
    const first = n > 0 ? (numbers[0] as number) : 0
    const step = n > 1 ? (numbers[1] as number) - first : 0
    for (let i = 2; i < n; i++) if ((numbers[i] as number) - (numbers[i - 1] as number) !== step) return false
    out.signed(first)
    out.signed(step)
    return true
  },
  decode(reader, numbers, n) {
    const first = boundedSigned(reader)
    const step = boundedSigned(reader)
    for (let i = 0; i < n; i++) numbers[i] = first + step * i
  },
}
