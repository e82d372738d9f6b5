import type { WindowOperator, WindowOutput } from '../../main/contracts'
import { pipeline } from '../../shared/config/pipeline'
import { createPipelineWindows } from '../../main/pipeline/windowing'
const KEYS = Number(process.argv[4] ?? 1000), BATCH = 8192
let fired = 0
const output: WindowOutput = { fire: () => void fired++, late() {}, unassigned() {}, mark() {} }
const keySpace = { labels: () => ({}), group: () => 0, text: (key: number) => `s${key}` }
const operator = (window: object): WindowOperator =>
  createPipelineWindows(pipeline.parse({ id: 'bench', name: 'bench', source: 's', window, time: { outOfOrderness: '300ms' }, aggregates: ['count', 'sum', 'mean', 'min', 'max', 'stddevSamp'] }), keySpace, 'replay')
const rounds = Math.round(1_000_000 / KEYS)
const length = rounds * KEYS
const series = new Uint32Array(length), time = new Float64Array(length), value = new Float64Array(length)
let seed = 12345
const random = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 4294967296
for (let i = 0; i < length; i++) {
  series[i] = i % KEYS
  const displaced = random() < 0.01 ? random() * 300 : 0
  time[i] = Math.floor(i / KEYS) * 10 - Math.floor(displaced)
  value[i] = 20 + random() * 10
}
const which = process.argv[2]
const tumbling = operator({ kind: 'tumbling', size: '1s' })
const hopping = operator({ kind: 'hopping', size: '1s', slide: '100ms' })
const t = [Infinity, Infinity]
const N = Number(process.argv[3] ?? 20)
for (let round = -5; round < N; round++) {
  ;[tumbling, hopping].forEach((w, k) => {
    if (which === 'hop' && k === 0 && round >= 0) return
    const start = process.cpuUsage().user
    for (let from = 0; from < length; from += BATCH) {
      const to = Math.min(length, from + BATCH)
      w.process({ length: to - from, series: series.subarray(from, to), time: time.subarray(from, to), value: value.subarray(from, to), arrival: value.subarray(from, to) }, '', 0, output)
    }
    if (round >= 0) t[k] = Math.min(t[k] as number, (process.cpuUsage().user - start) * 1000)
  })
  for (let i = 0; i < length; i++) time[i] = (time[i] as number) + rounds * 10
}
const ns = t.map((x) => x / length)
console.log(`tumbling ${ns[0]!.toFixed(1)} ns, hopping ${ns[1]!.toFixed(1)} ns, ratio ${(ns[0]! / ns[1]!).toFixed(3)}, fired ${fired}`)
