/** The explicit tables: a new source or decoder is one new file and one line here. */
import { Rejected } from '../contracts'
import type { Decoder, RawRecord, SampleWriter, Source, SourceContext } from '../contracts'
import { createBinaryDecoder } from '../decoding/binary'
import { createCborDecoder } from '../decoding/cbor'
import { createCsvDecoder } from '../decoding/csv'
import { detect, detectCsv } from '../decoding/detect'
import { createInfluxDecoder } from '../decoding/influx'
import { createJsonDecoder, createNumberDecoder } from '../decoding/json'
import { createMessagePackDecoder } from '../decoding/messagepack'
import { createSparkplugDecoder } from '../decoding/sparkplug'
import { DemoSource } from '../demo/demo-source'
import { FileSource } from '../sources/file'
import { testFile } from '../sources/file-test'
import { KafkaSource } from '../sources/kafka'
import { kafkaTopics, testKafka } from '../sources/kafka-test'
import { MqttSource } from '../sources/mqtt'
import { discoverTopics, testMqtt } from '../sources/mqtt-test'
import { testStream } from '../sources/stream-test'
import { TcpSource } from '../sources/tcp'
import { UdpSource } from '../sources/udp'
import { WebSocketSource } from '../sources/websocket'
import { SqlSource } from '../sources/sql'
import { discoverTables, testSql } from '../sources/sql-test'
import type { SourceConfig } from '../../shared/config/workspace'
import type { Discovered, TestReport } from '../../shared/ipc/engine'
import { recordShown } from './record-shown'
import type { EpochMs } from '../../shared/model/time'

/** How long a test waits for records. */
const TEST_LISTEN_MS = 8_000

export function createSource(config: SourceConfig, context: SourceContext): Source {
  const { connection } = config
  switch (connection.kind) {
    case 'mqtt':
      return new MqttSource(connection, context)
    case 'tcp':
      return new TcpSource(connection, context)
    case 'websocket':
      return new WebSocketSource(connection, context)
    case 'udp':
      return new UdpSource(connection)
    case 'kafka':
      return new KafkaSource(connection, context)
    case 'file':
      return new FileSource(connection, eventTimes(config))
    case 'sqlite':
    case 'postgres':
    case 'mysql':
      return new SqlSource(connection, context)
    case 'demo':
      return new DemoSource(
        connection,
        (receiver) => new MqttSource(receiver, { ...context, id: `${context.id}-receiver` }),
      )
  }
}

/** The newest time that a record's readings will have: for replay at the pace of the records. */
function eventTimes(config: SourceConfig): (record: RawRecord) => EpochMs | null {
  const decoder = createDecoder(config)
  let newest: EpochMs | null = null
  const into: SampleWriter = {
    sample: (_key, time) => {
      if (time !== null && time > (newest ?? -Infinity)) newest = time
    },
  }
  return (record) => {
    newest = null
    try {
      decoder.decode(record, into)
    } catch (error) {
      if (!(error instanceof Rejected)) throw error
    }
    return newest
  }
}

/** @throws Error where the settings do not fit together, such as a CSV column that is not there. */
export function createDecoder({ decoding, time }: Pick<SourceConfig, 'decoding' | 'time'>): Decoder {
  switch (decoding.format) {
    case 'json':
      return createJsonDecoder(decoding, time)
    case 'number':
      return createNumberDecoder(decoding)
    case 'csv':
      return createCsvDecoder(decoding, time)
    case 'influx':
      return createInfluxDecoder(decoding)
    case 'messagepack':
      return createMessagePackDecoder(decoding, time)
    case 'cbor':
      return createCborDecoder(decoding, time)
    case 'sparkplug':
      return createSparkplugDecoder(decoding)
    case 'binary':
      return createBinaryDecoder(decoding, time)
  }
}

/** Connects for real and shows what came. @throws Error with the reason in words. */
export async function testSource(config: SourceConfig, context: SourceContext): Promise<TestReport> {
  const started = performance.now()
  const { connection } = config
  const records = await sampleRecords(config, context)
  const lines = records.map((record) => Buffer.from(record.payload).toString('utf8'))
  const table = connection.kind === 'file' && connection.format !== 'ndjson'
  const { booleans: _booleans, ...proposal } = table ? { ...detectCsv(lines), key: null } : detect(records)
  return {
    records: records.slice(0, 5).map((record) => recordShown(record)),
    elapsedMs: performance.now() - started,
    ...proposal,
  }
}

async function sampleRecords(config: SourceConfig, context: SourceContext): Promise<readonly RawRecord[]> {
  const { connection } = config
  switch (connection.kind) {
    case 'mqtt':
      return testMqtt(connection, context, TEST_LISTEN_MS)
    case 'tcp':
    case 'websocket':
      return testStream(createSource(config, context), connection.mode === 'server', TEST_LISTEN_MS)
    case 'udp':
      return testStream(createSource(config, context), false, TEST_LISTEN_MS)
    case 'kafka':
      return testKafka(connection, context, TEST_LISTEN_MS)
    case 'file':
      return testFile(connection)
    case 'sqlite':
    case 'postgres':
    case 'mysql':
      return testSql(connection, context)
    case 'demo':
      return []
  }
}

/** Topics heard, or tables. @throws Error where the kind of source has neither, or with the reason in words. */
export async function discover(
  { connection }: SourceConfig,
  context: SourceContext,
  listenMs: number,
  enough: AbortSignal,
): Promise<Discovered[]> {
  switch (connection.kind) {
    case 'mqtt':
      return discoverTopics(connection, context, listenMs, enough)
    case 'kafka':
      return kafkaTopics(connection, context)
    case 'sqlite':
    case 'postgres':
    case 'mysql':
      return discoverTables(connection, context)
    default:
      throw new Error(`a source of kind ${connection.kind} has no topics`)
  }
}
