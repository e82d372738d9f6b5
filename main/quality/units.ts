/** Units that a reading may be turned into one another in. Exact factors: SI brochure (BIPM, 9th ed.), NIST SP 811. */

/** Factor and offset to the first unit of the family: base = value × factor + offset. */
type Family = Readonly<Record<string, readonly [factor: number, offset?: number]>>

const FAMILIES: readonly Family[] = [
  {
    '°C': [1],
    C: [1],
    degC: [1],
    K: [1, -273.15],
    '°F': [5 / 9, -160 / 9],
    F: [5 / 9, -160 / 9],
    degF: [5 / 9, -160 / 9],
  },
  { Pa: [1], hPa: [100], mbar: [100], kPa: [1000], bar: [100_000], MPa: [1e6], psi: [6894.757293168361] },
  { m: [1], mm: [0.001], cm: [0.01], km: [1000], in: [0.0254], ft: [0.3048] },
  { 'm/s': [1], 'km/h': [1 / 3.6], mph: [0.44704] },
  { g: [1], mg: [0.001], kg: [1000], t: [1e6], lb: [453.59237] },
  { W: [1], mW: [0.001], kW: [1000], MW: [1e6] },
  { Wh: [1], kWh: [1000], MWh: [1e6], J: [1 / 3600], kJ: [1 / 3.6], MJ: [1000 / 3.6] },
  { V: [1], mV: [0.001], kV: [1000] },
  { A: [1], mA: [0.001], uA: [1e-6], µA: [1e-6], kA: [1000] },
  { s: [1], ms: [0.001], min: [60], h: [3600] },
  { l: [1], L: [1], ml: [0.001], mL: [0.001], 'm³': [1000], m3: [1000] },
  { '%': [1], '1': [100] },
  { Hz: [1], kHz: [1000], MHz: [1e6], rpm: [1 / 60] },
]

/** What turns values of one unit into the other, or null where the two do not measure the same. */
export function conversion(from: string, to: string): ((value: number) => number) | null {
  if (from === to) return (value) => value
  const family = FAMILIES.find((units) => Object.hasOwn(units, from) && Object.hasOwn(units, to))
  if (family === undefined) return null
  const [factor, offset = 0] = family[from] as readonly [number, number?]
  const [factorTo, offsetTo = 0] = family[to] as readonly [number, number?]
  return (value) => (value * factor + offset - offsetTo) / factorTo
}
