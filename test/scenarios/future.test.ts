/** What a source rejects before any window sees it, by the arrival. */
import { expect, test } from 'vitest'
import type { RawRecord, WindowOutput } from '../../main/contracts'
import { PendingUnit, type Committer } from '../../main/pipeline/committer'
import { SeriesRegistry } from '../../main/pipeline/series-registry'
import { SourceRunner, type RunnerParts } from '../../main/pipeline/source-runner'
import { createPipelineWindows } from '../../main/pipeline/windowing'
import { pipeline } from '../../shared/config/pipeline'

const HOUR = 3_600_000
const NOON = Date.parse('2024-03-01T12:00Z')

/** A runner whose records are times of one series, before live windows of one minute. */
function liveMinutes(): { send(time: number, arrival: number): void; said: string[]; pending: PendingUnit } {
  const said: string[] = []
  const output: WindowOutput = {
    fire: ({ start, end }) => void said.push(`[${start - NOON},${end - NOON})`),
    late: (_series, time) => void said.push(`late ${time - NOON}`),
    unassigned() {},
    mark() {},
  }
  const registry = new SeriesRegistry()
  const windows = createPipelineWindows(
    pipeline.parse({
      id: 'p',
      name: 'p',
      source: 's',
      window: { kind: 'tumbling', size: '1m' },
      aggregates: ['count'],
    }),
    registry,
    { mode: 'live' },
  )
  const pending = new PendingUnit()
  const ref = { name: 'x', labels: {}, id: undefined }
  const parts = {
    config: { id: 's', time: { maxAhead: '1h' }, quality: { checks: [] } },
    source: { finite: false, run: () => Promise.resolve() },
    decoder: {
      decode: (record: RawRecord, into: { sample(key: typeof ref, time: number, value: number): void }) => {
        into.sample(ref, Number(Buffer.from(record.payload).toString()), 1)
        return true
      },
    },
    pipelines: {
      first: 'p',
      sink: null,
      process: (batch: Parameters<typeof windows.process>[0], partition: string, now: number) =>
        windows.process(batch, partition, now, output),
    },
    late() {},
    alerts: { samples() {}, fired() {} },
    watch() {},
  }
  const committer = { pending, added: () => undefined }
  // Only what a batch passes through: neither connection nor store.
  const runner = new SourceRunner(parts as unknown as RunnerParts, registry, committer as unknown as Committer)
  const send = (time: number, arrival: number): void => {
    const payload = Buffer.from(String(time))
    void runner.write({ records: [{ payload, key: 'x', arrival }], partition: '' })
  }
  return { send, said, pending }
}

test('case 12: an event 2 h ahead of its arrival is rejected as future and moves no clock', () => {
  const { send, said, pending } = liveMinutes()
  send(NOON + 1000, NOON + 1000)
  send(NOON + 2000 + 2 * HOUR, NOON + 2000)
  expect(pending.rejected.map(({ reason }) => reason)).toEqual([expect.stringMatching(/^future: /)])
  send(NOON + 3000, NOON + 3000)
  expect(said).toEqual([])
  send(NOON + 60_000, NOON + 60_000)
  expect(said).toEqual(['[0,60000)'])
  expect(pending.samples.length).toBe(3)
})

test('an event exactly as far ahead as allowed is taken', () => {
  const { send, said, pending } = liveMinutes()
  send(NOON, NOON)
  send(NOON + HOUR, NOON)
  expect(pending.rejected).toEqual([])
  expect(said).toEqual(['[0,60000)'])
  send(NOON + HOUR + 0.001, NOON)
  expect(pending.rejected.length).toBe(1)
})
