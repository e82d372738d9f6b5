/** "Test" and "Discover topics" of the MQTT form: a real connection with a session of its own. */
import type { MqttClient } from 'mqtt'
import type { RawRecord, SourceContext } from '../contracts'
import type { MqttConnection } from '../../shared/config/sources/mqtt'
import type { Discovered } from '../../shared/ipc/engine'
import { connectAnyMqtt, subscribe } from '../connections/mqtt-connection'
import { pause } from '../connections/reconnect'

const TEST_RECORDS = 5

/** @throws ConnectFailure with the reason in words. */
export async function listenMqtt(
  config: MqttConnection,
  context: SourceContext,
  listenMs: number,
  take: (record: RawRecord, retained: boolean) => 'more' | 'enough',
  stop?: AbortSignal,
): Promise<void> {
  const listening = { ...config, cleanStart: true, clientId: `weir-test-${Math.random().toString(36).slice(2, 10)}` }
  const enough = new AbortController()
  stop?.addEventListener('abort', () => enough.abort(), { once: true })
  const prepare = (client: MqttClient): void => {
    client.on('message', (topic, payload, packet) => {
      if (enough.signal.aborted) return
      if (take({ payload, key: topic, arrival: Date.now() }, packet.retain) === 'enough') enough.abort()
    })
  }
  const client = await connectAnyMqtt(listening, context, prepare)
  // Not of the one before it, that an older broker refused.
  client.on('close', () => enough.abort())
  if (!client.connected) enough.abort()
  try {
    await subscribe(client, listening)
    await pause(listenMs, enough.signal)
  } finally {
    client.end(true)
  }
}

/** Up to five records. @throws ConnectFailure */
export async function testMqtt(config: MqttConnection, context: SourceContext, listenMs: number): Promise<RawRecord[]> {
  const records: RawRecord[] = []
  await listenMqtt(config, context, listenMs, (record) => (records.push(record) < TEST_RECORDS ? 'more' : 'enough'))
  return records
}

/** Topics heard within the time, busiest first. `$SYS` is not covered by `#` (MQTT 4.7.2). @throws ConnectFailure */
export async function discoverTopics(
  config: MqttConnection,
  context: SourceContext,
  listenMs: number,
  stop: AbortSignal,
): Promise<Discovered[]> {
  const counts = new Map<string, number>()
  const everything = { ...config, subscriptions: [{ filter: '#', qos: 0 as const }] }
  await listenMqtt(
    everything,
    context,
    listenMs,
    (record) => {
      counts.set(record.key, (counts.get(record.key) ?? 0) + 1)
      return counts.size < 10_000 ? 'more' : 'enough'
    },
    stop,
  )
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count)
}
