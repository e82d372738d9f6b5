/** Eight simulated sensors: pure functions of time, so that backlog and live readings are one stream. */
import type { DurationMs, EpochMs } from '../../shared/model/time'

export interface DemoSensor {
  readonly device: string
  readonly field: string
  readonly unit: string
  readonly display: string
  /** Milliseconds between readings while live. */
  readonly everyMs: number
  /** Its past is longer than that of the others by so much, a reading a minute: enough days to tell a season by. */
  readonly longerBy?: DurationMs
  /** @returns the reading, or null where the sensor is silent. `sinceStart`: ms since the demo went live, negative before. */
  read(t: EpochMs, sinceStart: number): number | null
}

const DAY = 86_400_000
const HOUR = 3_600_000

/** Deterministic noise in [−1, 1): an integer hash of sensor and time (xorshift-multiply, as in SplitMix). */
function noise(seed: number, t: EpochMs): number {
  let h = (seed * 0x9e3779b1) ^ Math.floor(t / 200) ^ Math.floor(t / 4_294_967_296)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 31 - 1
}

/** Nearly normal: the sum of three. */
const gauss = (seed: number, t: EpochMs): number => noise(seed, t) + noise(seed + 101, t) + noise(seed + 202, t)
/** Slow noise, smooth over `span`. */
function wander(seed: number, t: EpochMs, span: number): number {
  const step = Math.floor(t / span)
  const part = t / span - step
  const smooth = part * part * (3 - 2 * part)
  return noise(seed, step * span) * (1 - smooth) + noise(seed, (step + 1) * span) * smooth
}
const round = (value: number, digits: number): number => Number(value.toFixed(digits))
const dayWave = (t: EpochMs, peakHour: number): number => Math.cos((2 * Math.PI * (t - peakHour * HOUR)) / DAY)

/** Working shifts switch the motor between load and idle. */
const underLoad = (t: EpochMs): boolean => t % (2 * HOUR) < 1.4 * HOUR

export const DEMO_SENSORS: readonly DemoSensor[] = [
  {
    device: 'boiler',
    field: 'temperature',
    unit: '°C',
    display: 'Boiler temperature',
    everyMs: 1000,
    longerBy: 2 * DAY,
    // 10 s after the start a burner fault drives it above 95 °C for a minute, also in a cool night.
    read: (t, since) => {
      const usual = 84 + 7 * dayWave(t, 14) + 1.5 * wander(1, t, 10 * 60_000)
      const burning = since > 8_000 && since < 75_000 ? Math.min(1, (since - 8_000) / 4_000) : 0
      return round(usual + burning * Math.max(14, 98.5 - usual) + 0.25 * gauss(2, t), 2)
    },
  },
  {
    device: 'line',
    field: 'pressure',
    unit: 'bar',
    display: 'Line pressure',
    everyMs: 1000,
    read: (t) =>
      round(
        4.2 + 0.12 * Math.sin((2 * Math.PI * t) / (25 * 60_000)) + 0.1 * wander(3, t, 5 * 60_000) + 0.02 * gauss(4, t),
        3,
      ),
  },
  {
    device: 'pump',
    field: 'vibration',
    unit: 'mm/s',
    display: 'Pump vibration',
    everyMs: 200,
    read: (t, since) => {
      const knock = noise(5, Math.floor(t / 1000) * 1000) > 0.985 ? 1.4 : 0
      const planted = since > 14_000 && since < 17_000 ? 5 : 0
      return round(2.2 + 0.25 * wander(6, t, 30 * 60_000) + 0.12 * gauss(7, t) + knock + planted, 3)
    },
  },
  {
    device: 'motor',
    field: 'current',
    unit: 'A',
    display: 'Motor current',
    everyMs: 1000,
    read: (t) => round((underLoad(t) ? 12.1 : 7.9) + 0.2 * wander(8, t, 60_000) + 0.1 * gauss(9, t), 2),
  },
  {
    device: 'hall',
    field: 'humidity',
    unit: '%',
    display: 'Hall humidity',
    everyMs: 1000,
    read: (t) => round(52 + 9 * dayWave(t, 5) + 2 * wander(10, t, 20 * 60_000) + 0.1 * gauss(11, t), 1),
  },
  {
    device: 'gate',
    field: 'open',
    unit: '',
    display: 'Gate open',
    everyMs: 1000,
    read: (t) => (wander(12, t, 90_000) > 0.55 ? 1 : 0),
  },
  {
    device: 'meter',
    field: 'energy',
    unit: 'kWh',
    display: 'Energy counter',
    everyMs: 1000,
    // The integral of a daily load curve; a counter only rises.
    read: (t) => {
      const hours = (t - Date.UTC(2024, 0, 1)) / HOUR
      return round(18 * hours + (9 * 24 * Math.sin((2 * Math.PI * (t - 8 * HOUR)) / DAY)) / (2 * Math.PI), 3)
    },
  },
  {
    device: 'well',
    field: 'flow',
    unit: 'm³/h',
    display: 'Well flow',
    everyMs: 1000,
    // Drops out: a few times a day in the past, and 6 s after the start for three minutes.
    read: (t, since) => {
      if (since > 6_000 && since < 186_000) return null
      if (since < 0 && wander(13, t, 40 * 60_000) > 0.75) return null
      return round(31 + 2 * wander(14, t, 15 * 60_000) + 0.6 * gauss(15, t), 2)
    },
  },
]

export const demoTopic = (sensor: DemoSensor): string => `demo/${sensor.device}/telemetry`
export const demoPayload = (sensor: DemoSensor, t: EpochMs, value: number): string =>
  JSON.stringify({ ts: t, [sensor.field]: value })
