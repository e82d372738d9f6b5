/** When a live source's windows close by quiet: from what its connection says, in ticks of a second. */
import { expect, test } from 'vitest'
import type { RawRecord, SampleWriter } from '../../../main/contracts'
import { PendingUnit, type Committer } from '../../../main/pipeline/committer'
import { SeriesRegistry } from '../../../main/pipeline/series-registry'
import { createSourcePipelines } from '../../../main/pipeline/source-pipelines'
import { SourceRunner, type RunnerParts } from '../../../main/pipeline/source-runner'
import { source } from '../../../shared/config/workspace'
import { parsePipelines } from './support'

/** Near the end of its window: not much silence closes it. */
const NEAR_THE_END = 609_000

/** A runner whose records are event times of one series, before live windows of ten seconds; nothing is stored. */
class LiveSource {
  readonly runner: SourceRunner
  private readonly pending = new PendingUnit()

  constructor(idleAfter: string) {
    const registry = new SeriesRegistry()
    const configs = parsePipelines([{ id: 'p', window: { kind: 'tumbling', size: '10s' }, time: { idleAfter } }])
    const ref = { name: 'x', labels: {}, id: undefined }
    const parts: RunnerParts = {
      config: source.parse({ id: 's', name: 's', connection: { kind: 'demo' }, decoding: { format: 'json' } }),
      source: { finite: false, run: () => Promise.resolve() },
      decoder: {
        decode: (record: RawRecord, into: SampleWriter) => {
          into.sample(ref, Number(Buffer.from(record.payload).toString()), 1)
          return true
        },
      },
      pipelines: createSourcePipelines('s', configs, { registry, mode: 'live' }),
      late() {},
      missed() {},
      alerts: { samples() {}, fired() {}, sourceState() {} },
      watch() {},
    }
    const committer = { pending: this.pending, added: () => undefined }
    this.runner = new SourceRunner(parts, registry, committer as unknown as Committer)
  }

  send(time: number): void {
    const record = { payload: Buffer.from(String(time)), key: 'x', arrival: time }
    void this.runner.write({ records: [record], partition: '' })
  }

  /** How many ticks it takes until the first result. */
  ticksToResult(): number {
    const now = performance.now()
    for (let ticks = 1; ticks <= 600; ticks++) {
      this.runner.tick(now + ticks * 1000)
      if (this.pending.results.length > 0) return ticks
    }
    return Infinity
  }
}

/** A source with one sample, after these states. */
function sampled(idleAfter: string, ...states: ('catching-up' | 'live')[]): LiveSource {
  const live = new LiveSource(idleAfter)
  for (const state of states) live.runner.state({ state })
  live.send(NEAR_THE_END)
  return live
}

// The ticks begin a moment after the record: it may take one less.
const within = (seconds: number): number[] => [seconds - 1, seconds]

test('case 17: the window of a sample that comes as soon as the source is live closes within 31 s', () => {
  expect(within(30)).toContain(sampled('30s', 'live').ticksToResult())
})

test('nothing closes by quiet in the ten seconds in which a backlog may come', () => {
  expect(within(10)).toContain(sampled('2s', 'live').ticksToResult())
})

test('a source that says that it has caught up has no backlog', () => {
  expect(within(2)).toContain(sampled('2s', 'catching-up', 'live').ticksToResult())
})

test('while it is not live no silence counts', () => {
  const live = sampled('2s', 'live')
  live.runner.state({ state: 'retrying', reason: 'gone', at: 0 })
  expect(live.ticksToResult()).toBe(Infinity)
})

test('after a stall silence starts anew', () => {
  const live = sampled('2s', 'catching-up', 'live')
  live.runner.stalled()
  expect(within(10)).toContain(live.ticksToResult())
})
