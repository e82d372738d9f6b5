/**
 * Backup and restore of the database, each in a process of its own: the one that `weir backup` and `weir restore` run
 * in. A backup disturbs no engine; a restore has the file while the engine is stopped.
 */
import { rm, stat } from 'node:fs/promises'
import { utilityProcess } from 'electron'
import { z } from 'zod'
import type { UtilityProcess } from 'electron'
import type { FileJobFailure, FileJobProgress } from '../../shared/ipc/desktop'

const PROGRESS_MS = 200
/** What the command line says at its end. */
const ended = z.object({ code: z.number(), reason: z.string(), hint: z.string().optional() })

export interface FileJobParts {
  /** The command line. */
  readonly script: string
  readonly database: string
  /** Runs a task while no engine has the file. */
  readonly withoutEngine: (task: () => Promise<void>) => Promise<void>
  readonly tell: (progress: FileJobProgress) => void
}

interface Work {
  readonly kind: FileJobProgress['kind']
  readonly path: string
  readonly args: readonly string[]
  /**
   * What grows while it is written, up to about the size of `from`; nothing of it stays where the work fails. Of a
   * restore the engine decides at its start: the copy may be all there is where the work ended between two renames.
   */
  readonly partial: string
  readonly from: string
}

export class FileJobs {
  private child: UtilityProcess | null = null
  private busy = false
  private cancelled = false

  constructor(private readonly parts: FileJobParts) {}

  /** @returns false while another job runs; how it goes on is told. */
  backup(path: string): boolean {
    const { database } = this.parts
    const args = ['backup', '--db', database, '--output', path]
    return this.start({ kind: 'backup', path, args, partial: `${path}.part`, from: database }, (run) => run())
  }

  /** @returns false while another job runs; how it goes on is told. */
  restore(path: string): boolean {
    const { database, withoutEngine } = this.parts
    const args = ['restore', '--db', database, '--input', path]
    const work: Work = { kind: 'restore', path, args, partial: `${database}.restoring`, from: path }
    return this.start(work, withoutEngine)
  }

  cancel(): void {
    this.cancelled = true
    this.child?.kill()
  }

  private start(work: Work, around: (run: () => Promise<void>) => Promise<void>): boolean {
    if (this.busy) return false
    this.busy = true
    this.cancelled = false
    const { kind, path } = work
    let failure: FileJobFailure | null = null
    this.parts.tell({ kind, path, state: 'running', share: 0 })
    void around(async () => void (failure = this.cancelled ? { reason: '' } : await this.run(work)))
      .catch((error: unknown) => (failure = { reason: error instanceof Error ? error.message : String(error) }))
      .finally(() => {
        this.busy = false
        if (failure === null) this.parts.tell({ kind, path, state: 'done' })
        else if (this.cancelled) this.parts.tell({ kind, path, state: 'cancelled' })
        else this.parts.tell({ kind, path, state: 'failed', ...failure })
      })
    return true
  }

  /** @returns why it failed; null: it did not */
  private async run(work: Work): Promise<FileJobFailure | null> {
    const { script } = this.parts
    const child = utilityProcess.fork(script, [...work.args], { serviceName: `Weir ${work.kind}`, stdio: 'ignore' })
    this.child = child
    const timer = setInterval(() => void this.progress(work), PROGRESS_MS)
    const failure = await new Promise<FileJobFailure | null>((resolve) => {
      let told: FileJobFailure | null | undefined
      child.once('message', (said: unknown) => {
        const { success, data } = ended.safeParse(said)
        if (success) told = data.code === 0 ? null : { reason: data.reason, hint: data.hint }
        child.kill()
      })
      child.once('exit', (code) =>
        resolve(told === undefined ? { reason: `the process ended with code ${code}` } : told),
      )
    })
    clearInterval(timer)
    this.child = null
    if (failure === null) return null
    if (work.kind === 'backup') for (const suffix of ['', '-journal']) await rm(work.partial + suffix, { force: true })
    return failure
  }

  private async progress({ kind, path, partial, from }: Work): Promise<void> {
    const size = (file: string): Promise<number> =>
      stat(file).then(
        (found) => found.size,
        () => 0,
      )
    const [done, whole] = await Promise.all([size(partial), size(from)])
    if (this.child !== null) this.parts.tell({ kind, path, state: 'running', share: Math.min(1, done / (whole || 1)) })
  }
}
