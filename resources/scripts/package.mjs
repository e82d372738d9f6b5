/** `npm run package`: the unpacked application in dist/, from the runtime at hand. Releases need the pinned one. */
import { join } from 'node:path'
import { ensureBuilt } from './setup/build.mjs'
import { ensureElectron } from './setup/electron.mjs'
import { root } from './setup/folders.mjs'
import { ensureInstalled } from './setup/install.mjs'
import { foreground, runScript } from './setup/run.mjs'

runScript(async () => {
  ensureInstalled()
  const electron = await ensureElectron()
  ensureBuilt()
  const cli = join(root, 'node_modules', 'electron-builder', 'cli.js')
  // Older wires have no such fuse and setting it would fail.
  const fuses =
    Number(electron.version.split('.')[0]) >= 29 ? ['-c.electronFuses.grantFileProtocolExtraPrivileges=false'] : []
  const args = process.argv.length > 2 ? process.argv.slice(2) : ['--dir']
  return foreground(process.execPath, [
    cli,
    ...args,
    `-c.electronDist=${electron.folder}`,
    `-c.electronVersion=${electron.version}`,
    ...fuses,
    '--publish',
    'never',
  ])
})
