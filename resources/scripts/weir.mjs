/** `npm run weir -- COMMAND …`: the command line on the same engine. */
import { join } from 'node:path'
import { ensureBuilt } from './setup/build.mjs'
import { root } from './setup/folders.mjs'
import { ensureInstalled } from './setup/install.mjs'
import { foreground, runScript } from './setup/run.mjs'

runScript(async () => {
  ensureInstalled()
  ensureBuilt()
  return foreground(process.execPath, [join(root, 'out', 'main', 'cli.js'), ...process.argv.slice(2)])
})
