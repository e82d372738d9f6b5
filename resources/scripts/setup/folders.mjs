/** Where things are: the checkout, and a cache outside of it that several checkouts share. */
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')

/** @returns {string} the platform's cache folder for Weir */
export function cacheFolder() {
  if (process.platform === 'win32')
    return join(process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'weir', 'cache')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'weir')
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'weir')
}
