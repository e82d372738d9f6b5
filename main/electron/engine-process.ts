/** The engine as a utility process of Electron: its output goes to the log, its end is put into words. */
import { utilityProcess } from 'electron'
import type { MessagePortMain } from 'electron'
import { createInterface } from 'node:readline'
import type { LogLevel } from '../../shared/ipc/supervisor'
import type { EngineProcess } from './engine-supervisor'

export const ENGINE_NAME = 'Weir engine'

export function startEngine(
  script: string,
  log: (level: LogLevel, message: string) => void,
): EngineProcess<MessagePortMain> {
  const child = utilityProcess.fork(script, [], { serviceName: ENGINE_NAME, stdio: 'pipe' })
  let lastError = ''
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => log('info', line))
  if (child.stderr)
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (/^\w*Error\b/.test(line)) lastError = line
      log('error', line)
    })
  return {
    get pid() {
      return child.pid
    },
    post: (message, port) => child.postMessage(message, port === undefined ? [] : [port]),
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => child.once('exit', (code) => listener(endInWords(code, lastError))),
    kill: () => {
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL')
    },
  }
}

export function endInWords(code: number | null, lastError: string): string {
  if (lastError !== '') return `ended: ${lastError}`
  if (code === 0) return 'ended by itself'
  return code === null ? 'was killed' : `ended with code ${code}`
}
