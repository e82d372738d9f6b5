/**
 * Alerts on one core: 1,000 rules, each for every one of 1,000 series, so a million states; 100 series change each
 * second. Every tenth rule is reduced over a window, every tenth watches silence, some are pending or firing. core_share
 * is the CPU time of a second of it; ratio is the speed relative to a bare loop of comparisons over the same states in
 * the same run, both in CPU time. The last line of standard output is one JSON object.
 */
import { AlertEngine } from '../../main/alerts/alert-engine'
import { createAccumulators, createFollower } from '../../main/statistics'
import { BinaryWriter } from '../../main/windows/state'
import { alertRule } from '../../shared/config/alert'
import type { AlertRule } from '../../shared/config/alert'
import { SampleBuffer } from '../../shared/model/samples'

const RULES = 1000
const SERIES = 1000
const CHANGING = 100
const SECONDS = 120
const WARM_UP = 20

const rules = Array.from({ length: RULES }, (_, i): AlertRule => {
  // A few of the thresholds are crossed by every reading's noise.
  const threshold = 80 + (i % 100)
  const window = i % 10 === 1 ? { reduce: { statistic: i % 20 === 1 ? 'mean' : 'p95', window: '5m' } } : {}
  return alertRule.parse({
    id: `rule-${i}`,
    name: `Rule ${i}`,
    series: 'temperature{site=~"*"}',
    condition:
      i % 2 === 0 ? { kind: 'above', threshold, recovery: threshold - 5 } : { kind: 'below', threshold: -threshold },
    for: i % 3 === 0 ? '10s' : '0s',
    silence: i % 10 === 2 ? { after: '1h', means: 'alert' } : {},
    ...window,
  })
})

let transitions = 0
const engine = new AlertEngine(() => void transitions++, {
  createAccumulators: (statistics) => createAccumulators(statistics, { grouped: false }),
  createFollower,
})

let seed = 12345
const random = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 4294967296

/** The readings of one second: a tenth of the series, in turn. */
function second(at: number): SampleBuffer {
  const batch = new SampleBuffer(CHANGING)
  for (let i = 0; i < CHANGING; i++) {
    const series = 1 + ((at * CHANGING + i) % SERIES)
    batch.push(series, at * 1000 + i, 60 + random() * 22, at * 1000)
  }
  return batch
}

/** The yardstick: a threshold for each state, one comparison for each rule of a changed series, a byte written on change. */
class BareComparisons {
  changes = 0
  private readonly threshold = Float64Array.from(rules, (_, i) => (i % 2 === 0 ? 80 : -80) + (i % 100))
  private readonly met = new Uint8Array(RULES * SERIES)

  process({ series, value, length }: SampleBuffer): void {
    const { threshold, met } = this
    for (let i = 0; i < length; i++) {
      const x = value[i] as number
      const from = ((series[i] as number) - 1) * RULES
      for (let rule = 0; rule < RULES; rule++) {
        const holds = x > (threshold[rule] as number) ? 1 : 0
        if (met[from + rule] === holds) continue
        met[from + rule] = holds
        this.changes++
      }
    }
  }
}

function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

const now = (at: number) => ({ monotonic: at * 1000, wall: at * 1000 })
engine.define(rules, now(0))
const adding = cpuSeconds(() => {
  for (let id = 1; id <= SERIES; id++)
    engine.seriesAdded({ id, source: 'plant', name: 'temperature', labels: { site: `site-${id}` } }, now(0))
})
engine.sourceState('plant', true, now(0))
const bare = new BareComparisons()
let stepping = 0
let comparing = 0
for (let at = 1; at <= WARM_UP + SECONDS; at++) {
  const batch = second(at)
  const engineTook = cpuSeconds(() => {
    engine.samples(batch, now(at))
    engine.advance(now(at))
  })
  const bareTook = cpuSeconds(() => bare.process(batch))
  if (at <= WARM_UP) continue
  stepping += engineTook
  comparing += bareTook
}
const rss = process.memoryUsage().rss / 2 ** 20
const state = new BinaryWriter()
const writing = cpuSeconds(() => engine.write(state, now(WARM_UP + SECONDS)))
process.stderr.write(`${transitions} transitions, ${bare.changes} changes in the bare loop\n`)
process.stdout.write(
  `${JSON.stringify({
    states: RULES * SERIES,
    steps_per_s: Math.round((CHANGING * RULES * SECONDS) / stepping),
    core_share: Number((stepping / SECONDS).toFixed(4)),
    rss_mb: Number(rss.toFixed(1)),
    ratio: Number((comparing / stepping).toFixed(4)),
    match_s: Number(adding.toFixed(3)),
    state_mb: Number((state.bytes().length / 2 ** 20).toFixed(2)),
    state_write_s: Number(writing.toFixed(3)),
  })}\n`,
)
