/** A mosquitto for benchmarks, without the test runner. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export async function startMosquitto(config: readonly string[]): Promise<{ port: number; stop(): void }> {
  const port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address() as AddressInfo
      server.close(() => resolve(free))
    })
  })
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  const file = join(folder, 'mosquitto.conf')
  const user = process.getuid?.() === 0 ? ['user root'] : []
  writeFileSync(file, [`listener ${port} 127.0.0.1`, 'allow_anonymous true', ...user, ...config, ''].join('\n'))
  const child = spawn('mosquitto', ['-c', file], { stdio: 'ignore' })
  child.once('error', () => {
    process.stderr.write('mosquitto is not installed; on Debian: apt-get install mosquitto\n')
    process.exit(1)
  })
  while (!(await listening(port))) await new Promise((resolve) => setTimeout(resolve, 20))
  return {
    port,
    stop() {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
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
