/** The broker for a test file, and what stands around it: topics, records and a source that reads them. */
import { spawn } from 'node:child_process'
import { Kafka, logLevel } from 'kafkajs'
import type { Admin } from 'kafkajs'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { Engine } from '../../../main/engine/engine'
import type { SourceInput } from '../../../shared/config/workspace'
import type { SourceState } from '../../../shared/ipc/engine'
import { startEngine, storedSamples } from './engine'
import type { TestWorkspace } from './engine'
import { kafkaJars, startKafka } from './kafka-broker'
import type { KafkaBroker } from './kafka-broker'
import { temporaryFolder, until } from './world'

export const kafkaMissing = kafkaJars === undefined

/** One broker for all tests of the file that calls this; tests keep apart by their topics. */
export function kafkaForFile(): { readonly broker: KafkaBroker; readonly admin: Admin } {
  const held: { broker?: KafkaBroker; admin?: Admin } = {}
  beforeAll(async () => {
    held.broker = await startKafka(await temporaryFolder())
    held.admin = new Kafka({ brokers: [held.broker.at.PLAINTEXT], logLevel: logLevel.NOTHING }).admin()
    await held.admin.connect()
  })
  afterAll(async () => {
    await held.admin?.disconnect()
    await held.broker?.stop()
  })
  const started = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('the broker is not started yet')
    return part
  }
  return {
    get broker() {
      return started(held.broker)
    },
    get admin() {
      return started(held.admin)
    },
  }
}

export function createTopic(
  admin: Admin,
  topic: string,
  numPartitions = 1,
  config: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
  return admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }] })
}

/** Sends lines with kcat, a producer of librdkafka; a tab stands between key and value. */
export function kcat(brokerAt: string, topic: string, lines: readonly string[], options: readonly string[] = []) {
  const child = spawn('kcat', ['-P', '-b', brokerAt, '-t', topic, ...options], { stdio: ['pipe', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (data: Buffer) => (errors += String(data)))
  child.stdin.end(lines.map((line) => `${line}\n`).join(''))
  return new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`kcat failed: ${errors}`))))
  })
}

export function kafkaSource(
  brokerAt: string,
  topics: readonly string[],
  connection: Readonly<Record<string, unknown>> = {},
  over: Partial<SourceInput> = {},
): SourceInput {
  return {
    id: 'plant',
    name: 'Plant',
    connection: { kind: 'kafka', brokers: [brokerAt], topics, start: 'oldest', ...connection },
    time: { field: 'ts' },
    decoding: { fields: [{ path: 'n' }] },
    ...over,
  } as SourceInput
}

export const START = 1_700_000_000_000

/** `{"ts":…,"n":…}` for the numbers [from, to). */
export const numbered = (from: number, to: number): string[] =>
  range(from, to).map((n) => JSON.stringify({ ts: START + n, n }))

/** Engines of one test file, stopped after each test, each with a source named `plant`. */
export function enginesForFile() {
  const engines: Engine[] = []
  const stateOf = (engine: Engine): SourceState | undefined => engine.runtime.runners.get('plant')?.current
  const stopAll = async () => {
    for (const engine of engines.splice(0)) await engine.stop()
  }
  afterEach(stopAll)
  return {
    stopAll,
    stateOf,
    /** @param folder of an engine that ran before */
    async start(source: SourceInput | TestWorkspace, secrets: Readonly<Record<string, string>> = {}, folder?: string) {
      const setup = 'sources' in source ? source : { sources: [source] }
      const engine = await startEngine(folder ?? (await temporaryFolder()), setup, { plant: secrets })
      engines.push(engine)
      return engine
    },
    reaches: (engine: Engine, state: SourceState['state']) =>
      until(
        () => stateOf(engine)?.state === state,
        () => `the source is ${state}, not ${JSON.stringify(stateOf(engine))}`,
      ),
    stores: (engine: Engine, count: number) =>
      until(
        () => engine.runtime.storedSamples >= count,
        () => `${count} readings are stored, not ${engine.runtime.storedSamples}; ${JSON.stringify(stateOf(engine))}`,
      ),
    reason(engine: Engine): string {
      const state = stateOf(engine)
      return state !== undefined && 'reason' in state ? state.reason : ''
    },
  }
}

export const values = async (engine: Engine): Promise<number[]> =>
  (await storedSamples(engine)).map(({ value }) => value)
export const ascending = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b)
export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)
