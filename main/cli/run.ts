/** `weir run`: collects until Ctrl+C and then stops cleanly. */
import { once } from 'node:events'
import { dirname, join, resolve } from 'node:path'
import type { RuntimeTuning } from '../pipeline/tuning'
import { Engine } from '../engine/engine'
import type { EngineStatus, Notice } from '../../shared/ipc/engine'
import { parseOptions, Usage } from './arguments'
import { interrupted } from './interrupted'
import { readSecrets } from './secrets'

export async function runCommand(args: string[]): Promise<number> {
  const options = parseOptions(args, ['config'], ['db', 'secrets', 'rehearsal'])
  const workspacePath = resolve(options.config)
  const engine = await Engine.start({
    workspacePath,
    databasePath: resolve(options.db ?? join(dirname(workspacePath), 'weir.db')),
    secrets: await readSecrets(options.secrets, process.env['CREDENTIALS_DIRECTORY']),
    brokenWorkspace: 'fail',
    compactionThread: join(__dirname, 'compaction.js'),
    analysisThread: join(__dirname, 'analysis.js'),
    ...(options.rehearsal === undefined ? {} : { tuning: rehearsal(options.rehearsal) }),
  })
  const told = new Set<string>()
  const stopListening = engine.listen((event, data) => {
    if (event !== 'status') return
    const status = data as EngineStatus
    process.stdout.write(`${statusLine(status)}\n`)
    for (const text of status.notices.map(noticeText)) if (!told.has(text)) process.stderr.write(`${text}\n`)
    told.clear()
    for (const notice of status.notices) told.add(noticeText(notice))
  })
  await once(interrupted(), 'abort')
  stopListening()
  await engine.stop()
  process.stdout.write('stopped\n')
  return 0
}

/**
 * For rehearsed crashes, `PASS,SNAPSHOT` in samples: steps of the store are small and frequent, and every one is told on
 * standard output as it begins and ends, so that whoever kills the process knows what it was doing.
 */
function rehearsal(text: string): RuntimeTuning {
  const [passSamples = NaN, snapshotSamples = NaN] = text.split(',').map(Number)
  if (!(passSamples > 0) || !(snapshotSamples > 0)) throw new Usage('--rehearsal is two numbers of samples')
  return { passSamples, snapshotSamples, onStep: (step, phase) => void process.stdout.write(`${phase} ${step}\n`) }
}

/** Said once, for as long as it stands. */
const noticeText = ({ text, params }: Notice): string => [text, ...Object.values(params)].join(' · ')

export function statusLine(status: EngineStatus): string {
  const rate = (value: number) => Math.round(value)
  const states = status.sources
    .map(({ id, state }) => `${id}=${state.state}${'reason' in state ? ` (${state.reason})` : ''}`)
    .join(', ')
  return [
    new Date(status.time).toISOString(),
    `records/s ${rate(status.recordsPerSecond)}`,
    `samples/s ${rate(status.samplesPerSecond)}`,
    `stored ${status.stored}`,
    `windows ${status.windows}`,
    `late ${status.late}`,
    `rejected ${status.rejected}`,
    states,
  ].join('  ')
}
