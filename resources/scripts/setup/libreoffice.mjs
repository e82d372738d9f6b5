/** LibreOffice, which opens exported files in the long tests. */
import { spawnSync } from 'node:child_process'
import { say, SetupError } from './run.mjs'

/** On the path, and where the installers of macOS and Windows put it. */
const PROGRAMS = [
  'soffice',
  '/Applications/LibreOffice.app/Contents/MacOS/soffice',
  'C:\\Program Files\\LibreOffice\\program\\soffice.com',
]

/**
 * @returns {string | null} the program; null where there is none, which is said in one line and makes its tests skip
 * themselves
 * @throws {SetupError} instead, where CI=true: there nothing may be skipped
 */
export function findLibreOffice() {
  const found = PROGRAMS.find((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0)
  if (found !== undefined) return found
  const reason = 'it is not installed (Debian: apt-get install libreoffice-calc)'
  if (process.env['CI'] === 'true') throw new SetupError(`LibreOffice: ${reason}`)
  say(`EXPORTS ARE NOT OPENED IN LIBREOFFICE: ${reason}`)
  return null
}
