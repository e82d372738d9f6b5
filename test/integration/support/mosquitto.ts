/** A real mosquitto (Debian package) on 127.0.0.1 and a free port, stopped by its process id. */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { freePort, temporaryFolder, until } from './world'

export interface Mosquitto {
  readonly port: number
  readonly url: string
  stop(): Promise<void>
  start(): Promise<void>
}

export interface MosquittoOptions {
  /** Lines added to the configuration; the default is mosquitto's own limits and anonymous access. */
  readonly config?: readonly string[]
  readonly users?: Readonly<Record<string, string>>
  readonly port?: number
}

export const mosquittoMissing = spawnSync('mosquitto', ['-h']).error !== undefined

export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const folder = await temporaryFolder()
  const port = options.port ?? (await freePort())
  const lines = [
    `listener ${port} 127.0.0.1`,
    `allow_anonymous ${options.users === undefined}`,
    ...(options.config ?? []),
  ]
  if (options.users !== undefined) {
    const file = join(folder, 'passwords')
    await writeFile(
      file,
      Object.entries(options.users)
        .map(([user, password]) => `${user}:${password}`)
        .join('\n') + '\n',
      { mode: 0o600 },
    )
    spawnSync('mosquitto_passwd', ['-U', file])
    lines.push(`password_file ${file}`)
  }
  if (process.getuid?.() === 0) lines.push('user root')
  const config = join(folder, 'mosquitto.conf')
  await writeFile(config, `${lines.join('\n')}\n`)
  let child: ChildProcess | undefined
  const start = async () => {
    child = spawn('mosquitto', ['-c', config], { stdio: 'ignore' })
    await until(() => listening(port), `mosquitto listens on ${port}`)
  }
  const stop = async () => {
    const running = child
    if (running === undefined || running.exitCode !== null) return
    const gone = new Promise((resolve) => running.once('exit', resolve))
    running.kill('SIGKILL')
    await gone
  }
  await start()
  return { port, url: `mqtt://127.0.0.1:${port}`, start, stop }
}

function listening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
