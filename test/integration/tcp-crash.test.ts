/** SIGKILL of a headless engine that a TCP sender feeds: what was committed is there, and it is there once. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { startEngine, storedSamples } from './support/engine'
import { lines, listen, socketSource } from './support/sockets'
import { freePort, temporaryFolder, until } from './support/world'

const KILLS = 3
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

it('keeps what was committed, once, when the engine is killed under load', async () => {
  const port = await freePort()
  let sent = 0
  await listen(port, (socket) => {
    const timer = setInterval(() => {
      socket.write(lines(sent, sent + 50))
      sent += 50
    }, 10)
    socket.once('close', () => clearInterval(timer))
  })
  const folder = await temporaryFolder()
  const source = socketSource({ kind: 'tcp', port }, { decoding: { fields: [{ path: 'n' }] } })
  await writeFile(join(folder, 'workspace.json'), JSON.stringify({ version: 1, sources: [source] }))
  let told = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const engine = headless(folder)
    const goal = told + 500
    await until(() => engine.stored() >= goal, `${goal} readings are stored`, 60_000)
    const gone = new Promise((done) => engine.child.once('exit', done))
    engine.child.kill('SIGKILL')
    await gone
    told = engine.stored()
  }
  const reader = await startEngine(folder, { sources: [] })
  try {
    const values = (await storedSamples(reader)).map(({ value }) => value)
    expect(values.length).toBeGreaterThanOrEqual(told)
    expect(new Set(values).size).toBe(values.length)
  } finally {
    await reader.stop()
  }
})

function headless(folder: string) {
  const args = ['run', '--config', join(folder, 'workspace.json'), '--db', join(folder, 'weir.db')]
  const child = spawn(process.execPath, [resolve('out/main/cli.js'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  let stored = -1
  child.stdout.on('data', (data: Buffer) => {
    for (const match of String(data).matchAll(/stored (\d+)/g)) stored = Number(match[1])
  })
  return { child, stored: () => stored }
}
