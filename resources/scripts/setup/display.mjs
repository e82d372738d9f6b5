/** A display: the user's, or an Xvfb of our own that ends with us. */
import { spawn } from 'node:child_process'
import { SetupError } from './run.mjs'

export const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'])

/**
 * Starts Xvfb on a free display number, which it writes to a pipe.
 * @returns {Promise<{ display: string, stop(): void }>}
 */
export function startDisplay() {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  process.once('exit', () => child.kill())
  return new Promise((resolve, reject) => {
    child.once('error', () => reject(new SetupError('Xvfb is not installed (Debian: apt-get install xvfb).')))
    child.once('exit', (code) => reject(new SetupError(`Xvfb ended with code ${code}.`)))
    child.stdio[3]?.once('data', (data) =>
      resolve({ display: `:${String(data).trim()}`, stop: () => void child.kill() }),
    )
  })
}
