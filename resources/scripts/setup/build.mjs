/** Builds the application when a source is newer than the last build. */
import { readdirSync, statSync, existsSync, mkdirSync, writeFileSync, readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { root } from './folders.mjs'
import { say, SetupError } from './run.mjs'

const SOURCES = ['main', 'renderer', 'shared', 'resources', 'electron.vite.config.ts', 'package-lock.json']
const stamp = join(root, 'out', '.stamp')

export function ensureBuilt() {
  const wanted = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  say('Building …')
  const cli = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const result = spawnSync(process.execPath, [cli, 'build'], { cwd: root, encoding: 'utf8' })
  if (result.status !== 0) throw new SetupError(`The build failed:\n${result.stdout}\n${result.stderr}`)
  buildThreads(join(root, 'out', 'main'), '.js')
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(stamp, wanted)
}

/** Of the engine: by the name of the file. */
const THREADS = {
  compaction: join('main', 'store', 'compaction', 'thread-main.ts'),
  analysis: join('main', 'statistics', 'range', 'thread-main.ts'),
}

/**
 * The threads of the engine, each in one file: chunks shared with the engine would bring all of it along.
 * @param {string} folder
 * @param {string} ending
 */
export function buildThreads(folder, ending) {
  // Not before it is installed.
  const { buildSync } = createRequire(import.meta.url)('esbuild')
  for (const [name, entry] of Object.entries(THREADS))
    buildSync({
      entryPoints: [join(root, entry)],
      outfile: join(folder, name + ending),
      bundle: true,
      platform: 'node',
      target: 'node18',
      logLevel: 'error',
    })
}

/** Names, sizes and times of all sources: quick, and any edit changes it. */
function fingerprint() {
  const hash = createHash('sha256')
  /** @param {string} path */
  const visit = (path) => {
    const full = join(root, path)
    const info = statSync(full)
    if (info.isDirectory()) for (const name of readdirSync(full).sort()) visit(join(path, name))
    else hash.update(`${path} ${info.size} ${info.mtimeMs}\n`)
  }
  for (const path of SOURCES) visit(path)
  return hash.digest('hex')
}
