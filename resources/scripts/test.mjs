/** `npm test`: sets everything up and runs all tests; the last line is `N passed, N failed, N skipped`. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt } from './setup/build.mjs'
import { hasDisplay, startDisplay } from './setup/display.mjs'
import { ensureElectron } from './setup/electron.mjs'
import { root } from './setup/folders.mjs'
import { ensureInstalled } from './setup/install.mjs'
import { ensureKafka } from './setup/kafka.mjs'
import { findLibreOffice } from './setup/libreoffice.mjs'
import { foreground, runScript } from './setup/run.mjs'
import { ensureSystem } from './setup/system.mjs'

runScript(async () => {
  const args = process.argv.slice(2)
  const long = args.includes('--long')
  const packaged = args.includes('--packaged')
  ensureSystem({ display: true, tests: true, long })
  ensureInstalled()
  await ensureElectron()
  ensureBuilt()
  const kafka = ensureKafka()
  const libreOffice = long ? findLibreOffice() : null
  const display = hasDisplay() ? null : await startDisplay()
  const results = join(root, 'test-results', 'vitest.json')
  mkdirSync(join(root, 'test-results'), { recursive: true })
  rmSync(results, { force: true })
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const code = await foreground(
    process.execPath,
    [
      vitest,
      'run',
      '--root',
      root,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${results}`,
      ...args.filter((arg) => arg !== '--long' && arg !== '--packaged'),
    ],
    {
      env: {
        ...(display === null ? {} : { DISPLAY: display.display }),
        ...(long ? { WEIR_LONG: '1' } : {}),
        ...(packaged ? { WEIR_PACKAGED: '1' } : {}),
        ...(kafka === null ? {} : { WEIR_KAFKA: kafka }),
        ...(libreOffice === null ? {} : { WEIR_LIBREOFFICE: libreOffice }),
      },
    },
  )
  display?.stop()
  const {
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: skipped,
    numFailedTestSuites: broken,
  } = JSON.parse(readFileSync(results, 'utf8'))
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  return code !== 0 || failed > 0 || (failed === 0 && broken > 0) || passed === 0 ? 1 : 0
})
