/** The demo as a source: broker, sensors and an ordinary MQTT source that receives them. */
import type { RawBatch, RecordSink, Source } from '../contracts'
import { durationMs } from '../../shared/config/duration'
import type { DemoConnection } from '../../shared/config/sources/demo'
import type { MqttConnection } from '../../shared/config/sources/mqtt'
import { startBroker } from './broker'
import { publishDemo } from './publisher'

/** Makes the source that receives what the embedded broker on this port sends. */
export type ReceiverFactory = (connection: MqttConnection) => Source

/** The settings with which the receiver listens to the embedded broker. */
export function demoReceiver(port: number): MqttConnection {
  return {
    kind: 'mqtt',
    url: `mqtt://127.0.0.1:${port}`,
    subscriptions: [{ filter: 'demo/+/telemetry', qos: 1 }],
    protocol: '3.1.1',
    // The broker keeps its sessions in memory and lives no longer than this process.
    cleanStart: true,
    sessionExpiry: '1h',
    receiveMaximum: 65_535,
    keepAlive: '60s',
    tls: { verify: true },
  }
}

export class DemoSource implements Source {
  readonly finite = false

  constructor(
    private readonly config: DemoConnection,
    private readonly receive: ReceiverFactory,
  ) {}

  async run(out: RecordSink, resume: ReadonlyMap<string, string>, stop: AbortSignal): Promise<void> {
    const broker = await startBroker()
    const earliest = Date.now() - durationMs(this.config.backlog)
    const from = Math.max(earliest, Number(resume.get('') ?? earliest))
    const subscribed = deferred()
    const sink: RecordSink = {
      // The cursor lets a restarted demo go on where its stored past ends.
      write: (batch) => out.write({ ...batch, cursor: newestTime(batch) }),
      state: (state) => {
        out.state(state)
        if (state.state === 'live') subscribed.resolve()
      },
    }
    const receiving = this.receive(demoReceiver(broker.port)).run(sink, new Map(), stop)
    try {
      await Promise.race([subscribed.promise, receiving])
      if (!stop.aborted) await publishDemo(broker.port, from, !resume.has(''), stop)
      await receiving
    } finally {
      await broker.close()
    }
  }
}

function newestTime(batch: RawBatch): string {
  const last = batch.records[batch.records.length - 1]
  const { ts } = JSON.parse(Buffer.from(last?.payload ?? []).toString('utf8')) as { ts: number }
  return String(ts)
}

function deferred(): { promise: Promise<void>; resolve(): void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}
