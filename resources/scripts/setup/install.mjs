/** Dependencies as the lock file says, and sqlite3 as a native module that loads in this Node and in Electron. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { root } from './folders.mjs'
import { npm, say, SetupError } from './run.mjs'

const stamp = join(root, 'node_modules', '.weir-install')

export function ensureInstalled() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    throw new SetupError(`Weir needs Node 20.19 or newer, this is ${process.version}; get one from nodejs.org.`)
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(process.version)
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  say('Installing dependencies …')
  // Install scripts are left out here: Electron's would download a runtime (see electron.mjs).
  npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'])
  buildSqlite()
  writeFileSync(stamp, wanted)
}

/** Its prebuilt binary is downloaded, or it is compiled with the headers that stand beside node. */
function buildSqlite() {
  if (sqliteLoads()) return
  say('Building sqlite3 (about a minute) …')
  const prefix = process.platform === 'win32' ? dirname(process.execPath) : join(dirname(process.execPath), '..')
  const headers = existsSync(join(prefix, 'include', 'node', 'node.h'))
  try {
    npm(['rebuild', 'sqlite3', '--foreground-scripts'], { env: headers ? { npm_config_nodedir: prefix } : {} })
  } catch (error) {
    throw new SetupError(
      `sqlite3 could not be built; it needs python3, make and a C++ compiler (Debian: apt-get install python3 make g++).\n${error instanceof Error ? error.message : ''}`,
    )
  }
  if (!sqliteLoads()) throw new SetupError('sqlite3 was built but does not load; remove node_modules and try again.')
}

function sqliteLoads() {
  try {
    createRequire(join(root, 'package.json'))('sqlite3')
    return true
  } catch {
    return false
  }
}
