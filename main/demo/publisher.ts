/** Publishes the simulated sensors to a broker: first the past, then one reading as it falls due. */
import { connectAsync } from 'mqtt'
import type { MqttClient } from 'mqtt'
import type { EpochMs } from '../../shared/model/time'
import { DEMO_SENSORS, demoPayload, demoTopic } from './sensors'
import type { DemoSensor } from './sensors'

const BACKLOG_STEP_MS = 10_000
const LONG_STEP_MS = 60_000
/** Messages on their way at once: enough to be quick, few enough to leave the process responsive. */
const IN_FLIGHT = 256
const TICK_MS = 100

/**
 * Publishes the readings in (from, now], every 10 s of event time, then live ones until `stop`.
 * @param isFirst nothing was published before: what is older than `from` comes first
 */
export async function publishDemo(port: number, from: EpochMs, isFirst: boolean, stop: AbortSignal): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    clientId: 'weir-demo-sensors',
    protocolVersion: 4,
    reconnectPeriod: 500,
  })
  client.on('error', () => undefined)
  try {
    if (isFirst) await publishLongPast(client, from, stop)
    const live = await publishBacklog(client, from, stop)
    if (stop.aborted) return
    await publishLive(client, live, stop)
  } finally {
    client.end(true)
  }
}

async function publishLongPast(client: MqttClient, to: EpochMs, stop: AbortSignal): Promise<void> {
  for (const sensor of DEMO_SENSORS) {
    const from = to - (sensor.longerBy ?? 0)
    let waiting: Promise<unknown>[] = []
    for (let t = Math.ceil(from / LONG_STEP_MS) * LONG_STEP_MS; t <= to && !stop.aborted; t += LONG_STEP_MS) {
      const value = sensor.read(t, -1)
      if (value !== null) waiting.push(publish(client, sensor, t, value))
      if (waiting.length < IN_FLIGHT) continue
      await Promise.all(waiting)
      waiting = []
    }
    await Promise.all(waiting)
  }
}

async function publishBacklog(client: MqttClient, from: EpochMs, stop: AbortSignal): Promise<EpochMs> {
  let t = (Math.floor(from / BACKLOG_STEP_MS) + 1) * BACKLOG_STEP_MS
  let waiting: Promise<unknown>[] = []
  for (; t <= Date.now() && !stop.aborted; t += BACKLOG_STEP_MS) {
    for (const sensor of DEMO_SENSORS) {
      const value = sensor.read(t, -1)
      if (value !== null) waiting.push(publish(client, sensor, t, value))
    }
    if (waiting.length >= IN_FLIGHT) {
      await Promise.all(waiting)
      waiting = []
    }
  }
  await Promise.all(waiting)
  return Date.now()
}

function publish(client: MqttClient, sensor: DemoSensor, t: EpochMs, value: number): Promise<unknown> {
  return client.publishAsync(demoTopic(sensor), demoPayload(sensor, t, value), { qos: 1 }).catch(() => undefined)
}

function publishLive(client: MqttClient, start: EpochMs, stop: AbortSignal): Promise<void> {
  const due = DEMO_SENSORS.map((sensor) => Math.ceil(start / sensor.everyMs) * sensor.everyMs)
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const now = Date.now()
      DEMO_SENSORS.forEach((sensor, i) => {
        let t = due[i] as number
        // After a sleep of the machine the missed readings are missed, as with a real sensor.
        if (now - t > 5_000) t = Math.floor(now / sensor.everyMs) * sensor.everyMs
        for (; t <= now; t += sensor.everyMs) {
          const value = sensor.read(t, t - start)
          if (value !== null) void publish(client, sensor, t, value)
        }
        due[i] = t
      })
    }, TICK_MS)
    const end = () => {
      clearInterval(timer)
      resolve()
    }
    if (stop.aborted) end()
    else stop.addEventListener('abort', end, { once: true })
  })
}
