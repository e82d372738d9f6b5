/** `npm start`: sets everything up, builds what is stale, opens Weir. `-- --smoke DIR` runs it by itself for 20 s. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ensureBuilt } from './setup/build.mjs'
import { hasDisplay, startDisplay } from './setup/display.mjs'
import { ensureElectron, rootSwitches } from './setup/electron.mjs'
import { ensureInstalled } from './setup/install.mjs'
import { foreground, runScript, say, SetupError } from './setup/run.mjs'
import { ensureSystem } from './setup/system.mjs'

runScript(async () => {
  const args = process.argv.slice(2)
  const at = args.findIndex((arg) => arg === '--smoke' || arg.startsWith('--smoke='))
  const smoke = at < 0 ? null : (args[at]?.split('=')[1] ?? args[at + 1] ?? '')
  if (smoke === '') throw new SetupError('--smoke needs a folder for its results: npm start -- --smoke DIR')
  if (smoke === null && !hasDisplay())
    throw new SetupError(
      'There is no display here (DISPLAY is not set). To see Weir at work without one: npm start -- --smoke DIR',
    )
  ensureSystem({ display: smoke !== null })
  ensureInstalled()
  const electron = await ensureElectron()
  ensureBuilt()
  const command = [...electron.args, ...rootSwitches()]
  if (smoke === null) return foreground(electron.executable, [...command, ...args])
  return runSmoke(electron.executable, command, resolve(smoke))
})

/**
 * @param {string} executable
 * @param {string[]} args
 * @param {string} folder
 */
async function runSmoke(executable, args, folder) {
  mkdirSync(folder, { recursive: true })
  const userData = mkdtempSync(join(tmpdir(), 'weir-smoke-'))
  const display = hasDisplay() ? null : await startDisplay()
  try {
    const env = display === null ? {} : { DISPLAY: display.display }
    const code = await foreground(executable, [...args, `--smoke=${folder}`, `--user-data-dir=${userData}`], { env })
    const missing = ['screenshot.png', 'export.csv', 'smoke.json'].filter((name) => !existsSync(join(folder, name)))
    if (code === 0 && missing.length > 0) throw new SetupError(`The smoke run left no ${missing.join(', ')}.`)
    if (code === 0) say(readFileSync(join(folder, 'smoke.json'), 'utf8').trim())
    return code
  } finally {
    display?.stop()
    rmSync(userData, { recursive: true, force: true })
  }
}
