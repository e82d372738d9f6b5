/** The demo's entry in the workspace. */
import { DEMO_SENSORS } from '../demo/sensors'
import { alertRule } from '../../shared/config/alert'
import type { AlertRule } from '../../shared/config/alert'
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

/** Rules of these ids come and go with the demo. */
const DEMO_RULE = 'demo-'
export const isDemoRule = ({ id }: AlertRule): boolean => id.startsWith(DEMO_RULE)

export const DEMO_RULES: readonly AlertRule[] = [
  {
    id: `${DEMO_RULE}boiler-hot`,
    name: 'Boiler too hot',
    series: 'temperature{device="boiler"}',
    condition: { kind: 'above', threshold: 95, recovery: 92 },
    for: '2s',
    severity: 'critical',
  },
  {
    id: `${DEMO_RULE}flow-silent`,
    name: 'Well sends nothing',
    series: 'flow{device="well"}',
    // Readings of the backlog are ten seconds apart.
    condition: { kind: 'silent', for: '12s' },
  },
  {
    id: `${DEMO_RULE}pump-knocks`,
    name: 'Pump vibrates',
    series: 'vibration{device="pump"}',
    condition: { kind: 'above', threshold: 5, recovery: 4 },
    keepFiringFor: '5s',
  },
].map((rule) => alertRule.parse(rule))
