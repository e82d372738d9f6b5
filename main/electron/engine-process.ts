/** The engine as a utility process of Electron: its output goes to the log, its end is put into words. */
import { app, utilityProcess } from 'electron'
import type { Details, MessagePortMain } from 'electron'
import { createInterface } from 'node:readline'
import type { LogLevel } from '../../shared/ipc/supervisor'
import { endInWords } from './end-in-words'
import type { EngineProcess } from './engine-supervisor'

const ENGINE_NAME = 'Weir engine'
/** Electron tells the exit code first and, shortly after, whether the process was killed or crashed. */
const CAUSE_WITHIN_MS = 30

export function startEngine(
  script: string,
  log: (level: LogLevel, message: string) => void,
): EngineProcess<MessagePortMain> {
  const child = utilityProcess.fork(script, [], { serviceName: ENGINE_NAME, stdio: 'pipe' })
  let lastError = ''
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => log('info', line))
  if (child.stderr)
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (/^\w*Error\b|out of memory/.test(line)) lastError = line
      log('error', line)
    })
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code) => void cause().then((gone) => resolve(endInWords(code, gone, lastError))))
  })
  return {
    get pid() {
      return child.pid
    },
    post: (message, port) => child.postMessage(message, port === undefined ? [] : [port]),
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => void ended.then(listener),
    kill: () => {
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL')
    },
  }
}

function cause(): Promise<Details | null> {
  return new Promise((resolve) => {
    const tell = (_event: unknown, details: Details): void => {
      if (details.name === ENGINE_NAME) finish(details)
    }
    const finish = (details: Details | null): void => {
      app.off('child-process-gone', tell)
      clearTimeout(timer)
      resolve(details)
    }
    const timer = setTimeout(() => finish(null), CAUSE_WITHIN_MS)
    app.on('child-process-gone', tell)
  })
}
