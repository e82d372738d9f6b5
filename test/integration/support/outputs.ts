/** An engine that follows a file, with windows of a second, a rule, and one output. */
import { spawn } from 'node:child_process'
import { appendFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach } from 'vitest'
import type { Engine } from '../../../main/engine/engine'
import { outputSecrets } from '../../../shared/config/output'
import type { OutputConfig, OutputInput } from '../../../shared/config/output'
import { workspace } from '../../../shared/config/workspace'
import type { OutputStatus } from '../../../shared/ipc/outputs'
import { startEngine } from './engine'
import { startHeadless } from './headless'
import type { Headless } from './headless'
import { temporaryFolder, until } from './world'

export const START = 1_700_000_000_000

const HOT = {
  id: 'hot',
  name: 'Too hot',
  series: 'temperature',
  condition: { kind: 'above' as const, threshold: 95, recovery: 90 },
  notify: { outputs: ['out'] },
}
export type Handler = (request: IncomingMessage, body: string, response: ServerResponse) => void
type Secrets = Readonly<Record<string, string>>

/** For the tests of the file that calls this; what they began is ended after each. */
export function outputsForFile() {
  const ends: (() => unknown)[] = []
  const held = { folder: '', log: '' }
  beforeEach(async () => {
    held.folder = await temporaryFolder()
    held.log = join(held.folder, 'log.ndjson')
    await writeFile(held.log, '')
  })
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  const setup = (connection: Record<string, unknown>, over: Partial<OutputInput> = {}, rule: object = {}) => ({
    sources: [
      {
        id: 'log',
        name: 'Log',
        connection: { kind: 'file' as const, path: held.log, format: 'ndjson' as const, mode: 'follow' as const },
        decoding: { labels: [{ name: 'site', path: 'site' }] },
        time: { field: 't' },
      },
    ],
    pipelines: [
      {
        id: 'w',
        name: 'w',
        source: 'log',
        window: { kind: 'tumbling' as const, size: '1s' },
        aggregates: ['mean', 'max'],
      },
    ],
    alerts: [{ ...HOT, ...rule }],
    outputs: [{ id: 'out', name: 'Out', connection, groupFor: '200ms', atMostEvery: '0s', ...over } as OutputInput],
  })
  /** Readings of a tenth of a second each, ten of them a window. */
  const send = (from: number, to: number, value = (n: number): number => n): Promise<void> => {
    const line = (n: number) => `{"temperature":${value(n)},"site":"north","t":${START + n * 100}}\n`
    return appendFile(held.log, Array.from({ length: to - from }, (_, i) => line(from + i)).join(''))
  }
  const status = (engine: Engine): OutputStatus => engine.runtime.outputs.status()[0] as OutputStatus

  return {
    get folder() {
      return held.folder
    },
    get log() {
      return held.log
    },
    onEnd: (end: () => unknown): void => void ends.push(end),
    setup,
    send,
    status,
    /** As it is saved. */
    config(connection: Record<string, unknown>): OutputConfig {
      return workspace.parse({ version: 1, ...setup(connection) }).outputs[0] as OutputConfig
    },
    async start(
      connection: Record<string, unknown>,
      over: Partial<OutputInput> = {},
      { rule = {}, secrets = {} }: { rule?: object; secrets?: Secrets } = {},
    ): Promise<Engine> {
      const engine = await startEngine(held.folder, setup(connection, over, rule), { [outputSecrets('out')]: secrets })
      ends.push(() => engine.stop())
      return engine
    },
    delivers: (engine: Engine, count: number): Promise<void> =>
      until(
        () => status(engine).delivered >= count,
        () => `${count} are delivered: ${JSON.stringify(status(engine))}`,
      ),
    retries: (engine: Engine, reason: string): Promise<void> =>
      until(
        () => {
          const { state } = status(engine)
          return state.state === 'retrying' && state.reason.includes(reason)
        },
        () => `it is tried again because “${reason}”: ${JSON.stringify(status(engine))}`,
      ),
    /** Engines that are killed at random while readings come, and the last one, which has stored all. */
    async afterKills(
      connection: Record<string, unknown>,
      { kills = 3, secrets = {} }: { kills?: number; secrets?: Secrets } = {},
    ): Promise<{ last: Headless; windows: number }> {
      const file = (name: string) => join(held.folder, name)
      const definition = workspace.parse({ version: 1, ...setup(connection, { pipelines: ['w'] }) })
      await writeFile(file('workspace.json'), JSON.stringify(definition))
      await writeFile(file('secrets.json'), JSON.stringify({ [outputSecrets('out')]: secrets }), { mode: 0o600 })
      const args = ['--config', file('workspace.json'), '--db', file('weir.db'), '--secrets', file('secrets.json')]
      for (let kill = 0; kill < kills; kill++) {
        await send(kill * 300, (kill + 1) * 300)
        const child = spawn(process.execPath, [resolve('out/main/cli.js'), 'run', ...args], {
          stdio: ['ignore', 'pipe', 'ignore'],
        })
        const gone = once(child, 'exit')
        await once(child.stdout, 'data')
        await delay(Math.random() * 800)
        child.kill('SIGKILL')
        await gone
      }
      const last = await startHeadless(held.folder, '--secrets', file('secrets.json'))
      await last.stores(kills * 300)
      return { last, windows: kills * 30 - 2 }
    },
    async httpServer(handler: Handler): Promise<{ url: string; server: Server }> {
      const server = createServer((request, response) => {
        let body = ''
        request.on('data', (part: Buffer) => (body += String(part)))
        request.on('end', () => handler(request, body, response))
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      ends.push(() => {
        server.closeAllConnections()
        server.close()
      })
      return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, server }
    },
  }
}

/** What is in lines of JSON. */
export const parsed = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
