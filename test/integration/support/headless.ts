/** `weir run` in a process of its own, as a server would run it, with what it reports. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { join, resolve } from 'node:path'
import { until } from './world'

export interface Headless {
  readonly child: ChildProcess
  /** The last status line. */
  readonly line: string
  /** All that it has written. */
  readonly output: string
  stores(count: number, limitMs?: number): Promise<void>
  /** Resolves with the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

/** On `workspace.json` and `weir.db` of the folder; resolves at its first status line. */
export async function startHeadless(folder: string, ...more: string[]): Promise<Headless> {
  const args = ['run', '--config', join(folder, 'workspace.json'), '--db', join(folder, 'weir.db'), ...more]
  const child = spawn(process.execPath, [resolve('out/main/cli.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let line = ''
  let stored = -1
  let errors = ''
  let output = ''
  child.stdout.on('data', (data: Buffer) => {
    output += String(data)
    for (const text of String(data)
      .split('\n')
      .filter((found) => found.includes('stored '))) {
      line = text
      stored = Number(/stored (\d+)/.exec(text)?.[1] ?? stored)
    }
  })
  child.stderr.on('data', (data: Buffer) => (errors += String(data)))
  await until(() => stored >= 0 || child.exitCode !== null, 'the headless engine reports')
  if (child.exitCode !== null) throw new Error(`the headless engine ended: ${errors}`)
  return {
    child,
    get line() {
      return line
    },
    get output() {
      return output + errors
    },
    stores: (count, limitMs = 60_000) =>
      until(
        () => stored >= count || child.exitCode !== null,
        () => `${count} readings are stored: ${line}`,
        limitMs,
      ),
    end(signal) {
      const gone = new Promise<number | null>((done) => child.once('exit', done))
      child.kill(signal)
      return gone
    },
  }
}
