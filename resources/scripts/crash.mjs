/**
 * `npm run crash -- [--kills 100] [--seed N]`: a real engine is killed again and again under load. The last line is one
 * JSON object; the exit code is 1 where something acknowledged is missing or doubled, or a window differs.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './setup/build.mjs'
import { root } from './setup/folders.mjs'
import { ensureInstalled } from './setup/install.mjs'
import { foreground, runScript, SetupError } from './setup/run.mjs'
import { ensureSystem } from './setup/system.mjs'

runScript(async () => {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
    },
  })
  const { kills, seed } = values
  if (!/^[1-9]\d*$/.test(kills) || !/^\d+$/.test(seed)) throw new SetupError('npm run crash -- [--kills N] [--seed N]')
  ensureSystem({ tests: true })
  ensureInstalled()
  ensureBuilt()
  process.stdout.write(`crash: ${kills} kills from seed ${seed}\n`)
  const report = join(root, 'test-results', 'crash.json')
  rmSync(report, { force: true })
  const code = await foreground(
    process.execPath,
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      ...['run', '--root', root, '--project', 'integration', 'integration/crash.test'],
    ],
    { env: { WEIR_CRASH_KILLS: kills, WEIR_CRASH_SEED: seed } },
  )
  process.stdout.write(existsSync(report) ? `${readFileSync(report, 'utf8')}\n` : 'crash: FAILED before the verdict\n')
  return code === 0 ? 0 : 1
})
