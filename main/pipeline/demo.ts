/** The demo's entry in the workspace. */
import { DEMO_SENSORS } from '../demo/sensors'
import type { SourceConfig } from '../../shared/config/workspace'

export const DEMO_WINDOW = '1m'

export const DEMO_SOURCE: SourceConfig = {
  id: 'demo',
  name: 'Demo plant',
  enabled: true,
  connection: { kind: 'demo', backlog: '24h' },
  decoding: {
    format: 'json',
    fields: DEMO_SENSORS.map(({ field, unit, display }) => ({
      path: field,
      display,
      ...(unit === '' ? {} : { unit }),
    })),
    topicTemplate: 'demo/{device}/telemetry',
    delimiter: ',',
  },
  keepSamples: 'disk',
  memoryFor: '1h',
  time: { field: 'ts', format: 'ms', zone: 'UTC', maxAhead: '1h' },
  quality: { checks: [] },
}
