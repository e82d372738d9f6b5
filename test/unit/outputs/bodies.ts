/** Items of an outbox for tests. */
import type { AlertBody, OutboxItem, ResultBody } from '../../../main/contracts'

const subject = { source: 'plant', series: 'temperature', labels: { site: 'north' }, unit: '°C' } as const

export const alertBody = (over: Partial<AlertBody> = {}): AlertBody => ({
  ...{ kind: 'alert', ...subject, id: 'a1', rule: 'hot', name: 'Too hot', severity: 'critical' },
  ...{ from: 'normal', to: 'firing', time: 1_700_000_000_000, at: 1_700_000_000_500, value: 96.123456789 },
  ...{ reason: 'met', notify: 'firing', ...over },
})

export const resultBody = (over: Partial<ResultBody> = {}): ResultBody => ({
  ...{ kind: 'result', ...subject, id: 'w:1', pipeline: 'w', start: 1_700_000_000_000, end: 1_700_000_060_000 },
  ...{ revision: 0, statistics: { mean: 21.5, max: null }, ...over },
})

let seq = 0
export const item = (body: OutboxItem['body'], created = 0): OutboxItem => ({
  seq: ++seq,
  rule: body.kind === 'alert' ? body.rule : null,
  created,
  body,
})
