import { describe, expect, test } from 'vitest'
import type { WindowOutput } from '../../../main/contracts'
import { feedingDownstream } from '../../../main/pipeline/derived'
import { createPipelineWindows } from '../../../main/pipeline/windowing'
import { pipeline } from '../../../shared/config/pipeline'
import { SampleBuffer } from '../../../shared/model/samples'

const keys = { labels: () => ({}), group: () => 0, text: (key: number) => `s${key}` }

function chain(clock: 'series' | 'source', allowedLateness: string, samples: [number, number, number][]): string[] {
  const make = (size: string, lateness: string, movedBy: 'records' | 'given') =>
    createPipelineWindows(
      pipeline.parse({
        id: `w${size}`,
        name: 'w',
        source: 's',
        window: { kind: 'tumbling', size },
        time: { clock, allowedLateness: lateness },
        aggregates: ['sum'],
      }),
      keys,
      'replay',
      movedBy,
    )
  const rows: string[] = []
  const output: WindowOutput = {
    fire: ({ key, start, end, values }) => void rows.push(`${key} [${start},${end})=${values[0]}`),
    late: (series, time) => void rows.push(`late ${series} ${time}`),
    unassigned() {},
    mark() {},
  }
  const silent: WindowOutput = { fire() {}, late() {}, unassigned() {}, mark() {} }
  const upstream = make('5ms', allowedLateness, 'records')
  const out = feedingDownstream(silent, Number.parseInt(allowedLateness), {
    operator: make('10ms', '0ms', 'given'),
    output,
    clock,
    statistic: 0,
    seriesOf: (key) => key + 100,
  })
  const batch = new SampleBuffer()
  for (const [series, time, value] of samples) batch.push(series, time, value, 0)
  upstream.process(batch, '', 0, out)
  upstream.end(out)
  return rows
}

describe('results as input', () => {
  test('case 18: T5 sum into T10 sum', () => {
    const samples: [number, number, number][] = [
      [1, 1, 1],
      [1, 6, 2],
      [1, 12, 4],
    ]
    expect(chain('source', '0ms', samples)).toEqual(['101 [0,10)=3', '101 [10,20)=4'])
    expect(chain('series', '0ms', samples)).toEqual(['101 [0,10)=3', '101 [10,20)=4'])
  })

  test('a result within the allowed lateness is taken once, as it ended up', () => {
    const samples: [number, number, number][] = [
      [1, 1, 1],
      [1, 6, 2],
      [1, 2, 8],
      [1, 30, 4],
    ]
    expect(chain('source', '10ms', samples)).toEqual(['101 [0,10)=11', '101 [30,40)=4'])
  })

  test('a slow key does not make another one late', () => {
    const samples: [number, number, number][] = [
      [1, 1, 1],
      [2, 50, 2],
      [1, 6, 4],
    ]
    expect(chain('series', '0ms', samples)).toEqual(['101 [0,10)=5', '102 [50,60)=2'])
  })
})
