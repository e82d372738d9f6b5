/** A headless engine that is killed, and what it was doing as it ended. */
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'

export type Moment = 'start' | 'any' | 'commit' | 'snapshot' | 'pass' | 'merge' | 'removal'

/** Samples of a compaction pass and between two snapshots: so few that steps come several times a second. */
const REHEARSAL = '5000,8000'
/** A step that does not come is not waited for any longer. */
const STEP_WITHIN_MS = 3000

/** @returns the steps of the store that the kill cut off */
export async function killedAt(
  moment: Moment,
  chance: () => number,
  workspace: string,
  file: string,
): Promise<string[]> {
  const child = spawn(
    process.execPath,
    [resolve('out/main/cli.js'), 'run', '--config', workspace, '--db', file, '--rehearsal', REHEARSAL],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const open = new Set<string>()
  let seen = (_line: string): void => undefined
  let rest = ''
  let errors = ''
  child.stderr.on('data', (data: Buffer) => (errors += String(data)))
  child.stdout.on('data', (data: Buffer) => {
    const lines = (rest + String(data)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('begin ')) open.add(line.slice(6))
      if (line.startsWith('end ')) open.delete(line.slice(4))
      seen(line)
    }
  })
  let ended = false
  const closed = new Promise<void>((done) => child.once('close', () => ((ended = true), done())))
  const line = (wanted: string, limitMs: number) =>
    Promise.race([
      new Promise<void>((found) => (seen = (text) => (text.startsWith(wanted) ? found() : undefined))),
      closed,
      pause(limitMs),
    ])
  if (moment === 'start') await pause(chance() * 700)
  else {
    await line('begin commit', 60_000)
    await pause(chance() * 600)
    if (moment !== 'any') await line(`begin ${moment}`, STEP_WITHIN_MS)
    // Short enough to fall into the step; its file operations are still to come.
    if (moment !== 'any') await pause(chance() < 0.5 ? 0 : chance() * 4)
  }
  if (ended) throw new Error(`the engine ended before it was killed: ${errors}`)
  child.kill('SIGKILL')
  await closed
  return [...open]
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
