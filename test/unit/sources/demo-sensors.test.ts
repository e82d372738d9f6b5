/** The demo shows the same story at every hour of the day. */
import { describe, expect, it } from 'vitest'
import { DEMO_SENSORS } from '../../../main/demo/sensors'

const HOUR = 3_600_000
const boiler = DEMO_SENSORS.find(({ device }) => device === 'boiler')
const hours = Array.from({ length: 24 }, (_, hour) => 1_795_000_000_000 + hour * HOUR)
const read = (t: number, since: number): number => boiler?.read(t, since) ?? NaN

describe('the boiler of the demo', () => {
  it.each(hours)('is above 95 °C a minute long after 13 s, started at %d', (start) => {
    for (let second = 13; second < 75; second++) expect(read(start + second * 1000, second * 1000)).toBeGreaterThan(95)
  })

  it.each(hours)('is below that before and afterwards, started at %d', (start) => {
    for (const second of [-3600, -60, -1, 0, 7, 76, 100, 1800])
      expect(read(start + second * 1000, second * 1000)).toBeLessThan(95)
  })
})
