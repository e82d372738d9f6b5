/** Engines with one source on a socket, and the certificates for it. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { Engine } from '../../../main/engine/engine'
import type { SourceInput } from '../../../shared/config/workspace'
import type { SourceState } from '../../../shared/ipc/engine'
import { startEngine, storedSamples } from './engine'
import { temporaryFolder, until } from './world'

export const peersMissing = ['socat', 'openssl', 'curl'].some((name) => spawnSync(name, ['-h']).error !== undefined)

export function socketSource(connection: SourceInput['connection'], over: Partial<SourceInput> = {}): SourceInput {
  return { id: 'plant', name: 'Plant', connection, time: { field: 'ts' }, ...over }
}

const engines: Engine[] = []
const children: ChildProcess[] = []
const servers: { readonly server: Server; readonly sockets: Set<Socket> }[] = []

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop()
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const { server, sockets } of servers.splice(0)) {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
})

export class World {
  private constructor(readonly engine: Engine) {}

  static async start(
    connection: SourceInput['connection'],
    over: Partial<SourceInput> = {},
    secrets: Record<string, string> = {},
    folder?: string,
  ): Promise<World> {
    const engine = await startEngine(
      folder ?? (await temporaryFolder()),
      { sources: [socketSource(connection, over)] },
      { plant: secrets },
    )
    engines.push(engine)
    return new World(engine)
  }

  /** Before the end of the test. */
  async stop(): Promise<void> {
    engines.splice(engines.indexOf(this.engine), 1)
    await this.engine.stop()
  }

  private get runner() {
    return this.engine.runtime.runners.get('plant')
  }
  get state(): SourceState | undefined {
    return this.runner?.current
  }
  get reason(): string {
    return this.state !== undefined && 'reason' in this.state ? this.state.reason : ''
  }
  get ledger() {
    return this.runner?.ledger
  }
  reaches(state: SourceState['state'], connections?: number): Promise<void> {
    return until(
      () =>
        this.state?.state === state &&
        (connections === undefined || (this.state.state === 'live' && this.state.connections === connections)),
      `the source is ${state} ${connections ?? ''}`,
    )
  }
  stores(count: number): Promise<void> {
    return until(() => this.engine.runtime.storedSamples >= count, `${count} readings are stored`)
  }
  async values(): Promise<number[]> {
    return (await storedSamples(this.engine)).map(({ value }) => value)
  }
  async rejections(): Promise<string[]> {
    return (await this.engine.runtime.rejectedRecords.newest('plant')).map(({ reason }) => reason).reverse()
  }
}

export const reading = (n: number): string => `{"ts":${1_700_000_000_000 + n},"n":${n}}`
export const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${reading(from + i)}\n`).join('')

/** A program that nobody here wrote; ends with the test. */
export function run(program: string, ...args: string[]): ChildProcess {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin?.on('error', () => undefined)
  children.push(child)
  return child
}

export function listen(port: number, accept: (socket: Socket) => void): Promise<void> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    accept(socket)
  })
  servers.push({ server, sockets })
  return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
}

export interface Certificate {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: string
  readonly key: string
}

/** Self-signed, for that name or address. */
export async function certificate(name: string, passphrase?: string): Promise<Certificate> {
  const folder = await temporaryFolder()
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const kind = /^[\d.]+$/.test(name) ? 'IP' : 'DNS'
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-days', '2'],
      ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=${kind}:${name}`, '-keyout', keyFile, '-out', certFile],
      ...(passphrase === undefined ? ['-nodes'] : ['-passout', `pass:${passphrase}`]),
    ],
    { stdio: 'pipe' },
  )
  return { certFile, keyFile, cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') }
}
