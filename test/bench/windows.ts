/**
 * Windows on one core: 1,000 keys, samples of a key 10 ms apart, 1% displaced by up to 300 ms, which is three slices of
 * the hopping windows. Rates are all samples by all time; tumbling_ratio (to the bare loop) and hopping10_ratio (to
 * tumbling) are medians of the rounds, hopping1000_ratio is to hopping10.
 * The last line of standard output is one JSON object.
 */
import type { WindowOperator, WindowOutput } from '../../main/contracts'
import { pipeline } from '../../shared/config/pipeline'
import type { SampleBatch } from '../../shared/model/samples'
import { createPipelineWindows } from '../../main/pipeline/windowing'
import { BareLoop } from './support/bare-loop'

const KEYS = 1000
const STEP_MS = 10
const BATCH = 8192
const SIMPLE = ['count', 'sum', 'mean', 'min', 'max', 'stddevSamp']

let fired = 0
const output: WindowOutput = { fire: () => void fired++, late() {}, unassigned() {}, mark() {} }
const keySpace = { labels: () => ({}), group: () => 0, text: (key: number) => `s${key}` }

const operator = (window: object, aggregates: string[], outOfOrderness = '300ms'): WindowOperator =>
  createPipelineWindows(
    pipeline.parse({ id: 'bench', name: 'bench', source: 's', window, time: { outOfOrderness }, aggregates }),
    keySpace,
    { mode: 'replay' },
  )

/** `rounds` of samples of every key in turn. */
class Stream {
  readonly series: Uint32Array
  readonly time: Float64Array
  readonly value: Float64Array
  readonly batches: SampleBatch[] = []

  constructor(
    private readonly rounds: number,
    keys = KEYS,
  ) {
    const length = rounds * keys
    this.series = new Uint32Array(length)
    this.time = new Float64Array(length)
    this.value = new Float64Array(length)
    let seed = 12345
    const random = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 4294967296
    for (let i = 0; i < length; i++) {
      this.series[i] = i % keys
      const displaced = random() < 0.01 ? random() * 300 : 0
      this.time[i] = Math.floor(i / keys) * STEP_MS - Math.floor(displaced)
      this.value[i] = 20 + random() * 10
    }
    for (let from = 0; from < length; from += BATCH) {
      const to = Math.min(length, from + BATCH)
      const [series, time, value] = [
        this.series.subarray(from, to),
        this.time.subarray(from, to),
        this.value.subarray(from, to),
      ]
      this.batches.push({ length: to - from, series, time, value, arrival: value })
    }
  }

  get length(): number {
    return this.series.length
  }

  /** The same again, later. */
  shift(): void {
    const by = this.rounds * STEP_MS
    for (let i = 0; i < this.time.length; i++) this.time[i] = (this.time[i] as number) + by
  }
}

function seconds(work: () => void): number {
  const start = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - start) / 1e9
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number

function feed(windows: WindowOperator, stream: Stream): void {
  for (const batch of stream.batches) windows.process(batch, '', 0, output)
}

/** Samples per second of one operator over all its rounds; those before fill its windows and warm up. */
function rate(windows: WindowOperator, stream: Stream, warmUp: number, rounds: number): number {
  let took = 0
  for (let round = 0; round < warmUp + rounds; round++) {
    const time = seconds(() => feed(windows, stream))
    if (round >= warmUp) took += time
    stream.shift()
  }
  return (stream.length * rounds) / took
}

interface Overlap {
  readonly bare: number
  readonly tumbling: number
  readonly hopping10: number
  readonly hopping1000: number
  /** Of tumbling to the bare loop. */
  readonly tumblingRatio: number
  /** Of hopping10 to tumbling. */
  readonly hoppingRatio: number
}

/** Ten slices of a key are a window of 1 s. */
const SLIDE = '100ms'
/** 10,000 ms of samples a round: a hundred slides, so that ten rounds are one turn of a window of 1,000 slices. */
const ROUNDS_A_TURN = 10

/**
 * The bare loop, tumbling and hopping windows over the same arrays in turn, so that all see the same machine. What a
 * window of 1,000 slices does only once a turn is in its figure: it is measured over whole turns and not a median.
 */
function overlap(turns: number): Overlap {
  const stream = new Stream(1000)
  const bareLoop = new BareLoop(KEYS, 1000)
  const tumbling = operator({ kind: 'tumbling', size: '1s' }, SIMPLE)
  const hopping10 = operator({ kind: 'hopping', size: '1s', slide: SLIDE }, SIMPLE)
  const hopping1000 = operator({ kind: 'hopping', size: '100s', slide: SLIDE }, SIMPLE)
  const works = [
    () => bareLoop.process(stream.series, stream.time, stream.value),
    () => feed(tumbling, stream),
    () => feed(hopping10, stream),
    () => feed(hopping1000, stream),
  ]
  const totals = works.map(() => 0)
  const tumblingRatios: number[] = []
  const hoppingRatios: number[] = []
  for (let round = -ROUNDS_A_TURN - 2; round < turns * ROUNDS_A_TURN; round++) {
    const took = works.map(seconds)
    stream.shift()
    if (round < 0) continue
    took.forEach((time, i) => (totals[i] = (totals[i] as number) + time))
    tumblingRatios.push((took[0] as number) / (took[1] as number))
    hoppingRatios.push((took[1] as number) / (took[2] as number))
  }
  const rates = totals.map((total) => (stream.length * turns * ROUNDS_A_TURN) / total)
  const [bare, tumblingRate, rate10, rate1000] = rates as [number, number, number, number]
  return {
    bare,
    tumbling: tumblingRate,
    hopping10: rate10,
    hopping1000: rate1000,
    tumblingRatio: median(tumblingRatios),
    hoppingRatio: median(hoppingRatios),
  }
}

function memory(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 2 ** 20
}

/** 100,000 open sessions of 20 values each. */
function sessions(): number {
  const stream = new Stream(20, 100_000)
  const before = memory()
  const windows = operator({ kind: 'session', gap: '60s' }, ['count', 'p95'])
  feed(windows, stream)
  const after = memory()
  windows.end(output)
  return after - before
}

function growth(): number {
  const stream = new Stream(2000)
  const windows = operator({ kind: 'tumbling', size: '1s' }, [...SIMPLE, 'p95'])
  let before = 0
  for (let round = 0; round < 50; round++) {
    feed(windows, stream)
    stream.shift()
    if (round === 4) before = memory()
  }
  return memory() - before
}

const { bare, tumbling, hopping10, hopping1000, tumblingRatio, hoppingRatio } = overlap(3)
const p95of500 = rate(operator({ kind: 'tumbling', size: '5s' }, ['p95']), new Stream(1000), 3, 8)
const p95of50000 = rate(operator({ kind: 'tumbling', size: '500s' }, ['p95']), new Stream(5000), 2, 20)
const figures = {
  bare_per_s: Math.round(bare),
  tumbling_per_s: Math.round(tumbling),
  tumbling_ratio: Number(tumblingRatio.toFixed(3)),
  hopping10_per_s: Math.round(hopping10),
  hopping1000_per_s: Math.round(hopping1000),
  hopping10_ratio: Number(hoppingRatio.toFixed(3)),
  hopping1000_ratio: Number((hopping1000 / hopping10).toFixed(3)),
  p95_500_per_s: Math.round(p95of500),
  p95_50000_per_s: Math.round(p95of50000),
  sessions_mb: Number(sessions().toFixed(1)),
  growth_mb: Number(growth().toFixed(1)),
}
process.stderr.write(`${fired} windows fired\n`)
process.stdout.write(`${JSON.stringify(figures)}\n`)
