/** A plant of three devices in two halls, and pipelines that join, group and read each other. */
import type { MqttClient } from 'mqtt'
import { pipeline as pipelineSchema } from '../../../shared/config/pipeline'
import type { Pipeline } from '../../../shared/config/pipeline'
import { mqttSource } from './engine'

export const START = 1_700_000_000_000
export const DEVICES = ['boiler', 'press', 'fan']

export const plantPipelines: Pipeline[] = [
  {
    id: 'power',
    name: 'Power',
    source: 'plant',
    combine: {
      inputs: [
        { as: 'u', series: 'voltage' },
        { as: 'i', series: 'current' },
      ],
      on: ['device', 'hall'],
      tolerance: '1s',
      expression: 'u * i',
      name: 'power',
    },
    unit: 'W',
    window: { kind: 'tumbling' as const, size: '500ms' },
    aggregates: ['count', 'mean', 'integral'],
  },
  {
    id: 'halls',
    name: 'Halls',
    source: 'plant',
    select: ['voltage'],
    filter: 'value > 0',
    scale: { factor: 0.001 },
    groupBy: ['hall'],
    window: { kind: 'tumbling' as const, size: '500ms' },
    aggregates: ['count', 'sum'],
  },
  {
    id: 'seconds',
    name: 'Seconds',
    upstream: { pipeline: 'power', statistic: 'mean' },
    groupBy: ['hall'],
    window: { kind: 'tumbling' as const, size: '2s' },
    aggregates: ['count', 'sum', 'max'],
  },
  {
    id: 'smooth',
    name: 'Smooth',
    source: 'plant',
    select: ['voltage'],
    along: { figure: 'ewma', over: '1s' },
    window: { kind: 'tumbling' as const, size: '500ms' },
    aggregates: ['count', 'last'],
  },
].map((entry) => pipelineSchema.parse(entry))

export const plantSource = (url: string) =>
  mqttSource(url, { time: { field: 'ts' }, decoding: { topicTemplate: 'plant/{hall}/{device}/+' } })

/** Voltage n and current 2, 3, 4 of each device at START + n × 50 ms. */
export async function publish(client: MqttClient, from: number, to: number, perSecond = Infinity): Promise<void> {
  const started = performance.now()
  const sent: Promise<unknown>[] = []
  for (let n = from; n < to; n++) {
    const early = ((n - from) * 1000) / perSecond - (performance.now() - started)
    if (early > 0) await new Promise((done) => setTimeout(done, early))
    const ts = START + n * 50
    DEVICES.forEach((device, k) => {
      const topic = `plant/${k === 0 ? 'north' : 'south'}/${device}`
      sent.push(client.publishAsync(`${topic}/voltage`, JSON.stringify({ ts, voltage: n }), { qos: 1 }))
      sent.push(client.publishAsync(`${topic}/current`, JSON.stringify({ ts, current: 2 + k }), { qos: 1 }))
    })
  }
  await Promise.all(sent)
}
