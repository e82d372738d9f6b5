/** Entry of the engine process under Electron's utilityProcess; imports nothing from Electron. */
import { join } from 'node:path'
import { Engine } from './engine'
import { callError, serveWindow } from './door'
import type { Outcome, Port } from '../../shared/ipc/rpc'
import type { FromEngine, ToEngine } from '../../shared/ipc/supervisor'

/** The part of Electron's MessagePortMain used here. */
interface MainPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown }) => void): void
  on(event: 'close', listener: () => void): void
  start(): void
  close(): void
}
interface ParentPort {
  postMessage(message: FromEngine): void
  on(event: 'message', listener: (event: { data: ToEngine; ports: MainPort[] }) => void): void
}

const compactionThread = join(__dirname, 'compaction.js')
const analysisThread = join(__dirname, 'analysis.js')
const parent = (process as unknown as { parentPort: ParentPort }).parentPort
let engine: Engine | undefined
/** Windows that came before the engine was ready. */
let waiting: MainPort[] = []

parent.on('message', ({ data, ports }) => {
  switch (data.type) {
    case 'init':
      void start(data)
      return
    case 'window':
      if (engine === undefined) waiting.push(...ports)
      else for (const port of ports) serveWindow(engine, portOf(port))
      return
    case 'secrets':
      void engine?.setSecrets(data.sourceId, data.secrets)
      return
    case 'export':
      void reply(data.request, (running) => running.startExport(data.query, data.path))
      return
    case 'export-alerts':
      void reply(data.request, (running) => running.exportAlerts(data.rule, data.path))
      return
    case 'export-rejected':
      void reply(data.request, (running) => running.exportRejected(data.sourceId, data.path))
      return
    case 'stop':
      void stop()
  }
})

async function start(init: Extract<ToEngine, { type: 'init' }>): Promise<void> {
  try {
    engine = await Engine.start({
      ...init,
      brokenWorkspace: 'keep-aside',
      compactionThread,
      analysisThread,
      desktop: true,
    })
  } catch (error) {
    parent.postMessage({ type: 'fatal', error: callError(error) })
    return
  }
  for (const port of waiting) serveWindow(engine, portOf(port))
  waiting = []
  parent.postMessage({ type: 'ready' })
}

async function reply(request: number, task: (running: Engine) => number | Promise<number>): Promise<void> {
  let outcome: Outcome<number> = { ok: false, error: { code: 'NOT_READY', message: 'the engine is still starting' } }
  try {
    if (engine !== undefined) outcome = { ok: true, value: await task(engine) }
  } catch (error) {
    outcome = { ok: false, error: callError(error) }
  }
  parent.postMessage({ type: 'reply', request, outcome })
}

async function stop(): Promise<void> {
  await engine?.stop()
  process.exit(0)
}

function portOf(port: MainPort): Port {
  return {
    postMessage: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', (event) => listener(event.data)),
    onClose: (listener) => port.on('close', listener),
    start: () => port.start(),
    close: () => port.close(),
  }
}
