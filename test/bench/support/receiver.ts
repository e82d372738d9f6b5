/** Processes of a benchmark that compares receivers: how they report, and what they used of the processor. */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'

export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'progress' | 'done'; readonly received: number; readonly cpuMs: number; readonly rssMb: number }

/** The benchmark itself in another role. */
export function child(role: string, ...args: number[]): ChildProcess {
  return fork(process.argv[1] as string, [role, ...args.map(String)], { execArgv: ['--expose-gc'] })
}

export const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] as number

const REPORT_EVERY_MS = 500
/** Nothing new for this long: what is missing is lost. */
const GIVE_UP_MS = 15_000

/** Counts CPU time from the first message on; ends when all are there, or none came for a while. */
export function watch(messages: number, received: () => number, end: () => Promise<void>): void {
  let atStart: NodeJS.CpuUsage | undefined
  let last = 0
  let lastChange = performance.now()
  const timer = setInterval(() => {
    const now = received()
    if (now > 0) atStart ??= process.cpuUsage()
    if (now !== last) lastChange = performance.now()
    last = now
    const finished = now >= messages || performance.now() - lastChange > GIVE_UP_MS
    const usage = process.cpuUsage(atStart)
    if (finished) global.gc?.()
    process.send?.({
      type: finished ? 'done' : 'progress',
      received: now,
      cpuMs: (usage.user + usage.system) / 1000,
      rssMb: process.memoryUsage.rss() / 1e6,
    })
    if (!finished) return
    clearInterval(timer)
    void end().then(() => process.exit(0))
  }, REPORT_EVERY_MS)
}
