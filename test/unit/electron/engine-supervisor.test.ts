/** The supervisor over real processes that behave well, die, refuse to start or do not stop. */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { EngineSupervisor } from '../../../main/electron/engine-supervisor'
import type { EngineProcess } from '../../../main/electron/engine-supervisor'
import type { EngineHealth } from '../../../shared/ipc/desktop'

/** What stands in for the engine is asked how to behave by the path of its workspace. */
const SCRIPT = `
process.on('message', (message) => {
  if (message.type === 'stop') return behaviour === 'stubborn' ? undefined : process.exit(0)
  if (message.type === 'export') return process.send({ type: 'reply', request: message.request, outcome: { ok: true, value: 7 } })
  if (message.type === 'window') return process.send({ nonsense: true })
  if (message.type === 'secrets') return process.exit(message.sourceId === 'die' ? 3 : 0)
  if (message.type !== 'init') return
  behaviour = message.workspacePath
  if (behaviour === 'fatal') process.send({ type: 'fatal', error: { code: 'LOCKED', message: 'in use by another', hint: 'Close that one.' } })
  else process.send({ type: 'ready' })
})
let behaviour = ''
`
const folder = mkdtempSync(join(tmpdir(), 'weir-supervisor-'))
const script = join(folder, 'engine.cjs')
writeFileSync(script, SCRIPT)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
})

function startProcess(): EngineProcess<string> {
  const child = fork(script, [], { stdio: 'ignore' })
  started.push(child)
  return {
    pid: child.pid,
    post: (message) => void child.send(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', (code, signal) => listener(signal ?? `code ${code}`)),
    kill: () => void child.kill('SIGKILL'),
  }
}

function supervise(behaviour: string) {
  const history: EngineHealth[] = []
  const log: string[] = []
  const supervisor = new EngineSupervisor<string>({
    start: startProcess,
    init: () => ({ type: 'init', workspacePath: behaviour, databasePath: '', secrets: {}, logLevel: 'info' }),
    onHealth: (health) => history.push(health),
    log: (_level, message) => log.push(message),
  })
  const reaches = (state: EngineHealth['state'], times = 1) =>
    expect
      .poll(() => history.filter((health) => health.state === state).length, { timeout: 10_000 })
      .toBeGreaterThanOrEqual(times)
  return { supervisor, history, log, reaches }
}

describe('engine supervisor', () => {
  it('starts the engine and tells its process id', async () => {
    const { supervisor, history, reaches } = supervise('well')
    expect(supervisor.health).toEqual({ state: 'starting' })
    supervisor.start()
    expect(supervisor.connect('port')).toBe(false)
    await reaches('running')
    expect(history).toEqual([{ state: 'running', restarts: 0, pid: started[0]?.pid }])
    expect(supervisor.connect('port')).toBe(true)
    await supervisor.stop()
    expect(started[0]?.exitCode).toBe(0)
    expect(history).toHaveLength(1)
  })

  it('starts it again within 250 ms after SIGKILL, and later with growing waits', async () => {
    const { supervisor, history, reaches } = supervise('well')
    supervisor.start()
    await reaches('running')
    started[0]?.kill('SIGKILL')
    await reaches('running', 2)
    expect(history.map((health) => health.state)).toEqual(['running', 'restarting', 'running'])
    const first = history[1]
    expect(first).toMatchObject({ reason: 'SIGKILL', restarts: 1 })
    expect(first?.state === 'restarting' && first.retryAt - Date.now()).toBeLessThanOrEqual(250)
    started[1]?.kill('SIGKILL')
    await reaches('restarting', 2)
    const second = history[3]
    expect(second?.state === 'restarting' && second.retryAt - Date.now()).toBeGreaterThan(300)
    await supervisor.stop()
    expect(started).toHaveLength(2)
  })

  it('is not kept waiting by the user, nor after a stop', async () => {
    const { supervisor, reaches } = supervise('well')
    supervisor.start()
    await reaches('running')
    const pid = started[0]?.pid
    await supervisor.restart()
    await reaches('running', 2)
    expect(started[1]?.pid).not.toBe(pid)
    await supervisor.stop()
    expect(started).toHaveLength(2)
  })

  it('does not try again what says that it would not help', async () => {
    const { supervisor, history, reaches } = supervise('fatal')
    supervisor.start()
    await reaches('stopped')
    expect(history).toEqual([{ state: 'stopped', reason: 'in use by another. Close that one.' }])
    await expect.poll(() => started[0]?.exitCode).toBe(0)
    expect(started).toHaveLength(1)
    await supervisor.restart()
    await reaches('stopped', 2)
  })

  it('answers an export, and fails one whose engine dies', async () => {
    const { supervisor, reaches } = supervise('well')
    const query = {
      series: [1],
      from: null,
      to: null,
      content: 'raw',
      layout: 'long',
      format: { kind: 'parquet' },
    } as const
    expect(await supervisor.export({ ...query, series: [1] }, 'x.csv')).toMatchObject({
      ok: false,
      error: { code: 'ENGINE_DOWN' },
    })
    supervisor.start()
    await reaches('running')
    expect(await supervisor.export({ ...query, series: [1] }, 'x.csv')).toEqual({ ok: true, value: 7 })
    supervisor.secretsChanged('die', {})
    expect(await supervisor.export({ ...query, series: [1] }, 'x.csv')).toMatchObject({
      ok: false,
      error: { code: 'ENGINE_DOWN' },
    })
    await supervisor.stop()
  })

  it('passes over a message of an unknown form', async () => {
    const { supervisor, log, reaches } = supervise('well')
    supervisor.start()
    await reaches('running')
    supervisor.connect('port')
    await expect.poll(() => log).toContain('the engine sent a message of an unknown form')
    expect(supervisor.health.state).toBe('running')
    await supervisor.stop()
  })

  it('kills an engine that does not stop', async () => {
    const { supervisor, log, reaches } = supervise('stubborn')
    supervisor.start()
    await reaches('running')
    await supervisor.stop()
    expect(started[0]?.signalCode).toBe('SIGKILL')
    expect(log).toContain('the engine did not stop in time and is killed')
  })
})
