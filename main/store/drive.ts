/**
 * Network drives are refused: locks on them cannot be trusted, and the shared memory of the write-ahead log does not
 * work over them (https://www.sqlite.org/wal.html, https://www.sqlite.org/useovernet.html).
 */
import { execFile } from 'node:child_process'
import { realpath, statfs } from 'node:fs/promises'
import { StoreError } from './store-error'

/** Magic numbers of linux/magic.h and of the file systems' own headers. */
const LINUX: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0x564c, 'NetWare'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
])
const MAC: ReadonlySet<string> = new Set(['nfs', 'smbfs', 'afpfs', 'webdav', 'cifs', 'ftp'])

/** @param folder of the database; it is there @throws StoreError NETWORK_DRIVE */
export async function refuseNetworkDrive(folder: string): Promise<void> {
  const found = await networkDrive(folder).catch(() => null)
  if (found === null) return
  throw new StoreError(
    'NETWORK_DRIVE',
    `${folder} is on a network drive (${found}), where a database cannot be kept safe`,
    'Choose a folder on a disk of this machine; a backup may lie on the network.',
  )
}

/** The kind of network drive; null where it is none, or where the system does not say. */
async function networkDrive(folder: string): Promise<string | null> {
  // The native call, which follows a mapped drive letter to its share.
  const path = await realpath(folder)
  if (process.platform === 'win32') return isShare(path) ? 'SMB' : null
  if (process.platform === 'darwin') return mountedFrom(await mounts(), path)
  return linuxNetwork((await statfs(path)).type)
}

export const linuxNetwork = (type: number): string | null => LINUX.get(type >>> 0) ?? null

/** `\\server\share` and `\\?\UNC\server\share`; devices and long local paths (`\\?\C:\`, `\\.\`) are none. */
export const isShare = (path: string): boolean =>
  /^[\\/]{2}(?![?.][\\/])/.test(path) || /^[\\/]{2}\?[\\/]UNC[\\/]/i.test(path)

/** Of what `mount` prints on macOS: `//me@server/share on /Volumes/share (smbfs, nodev)`; the deepest mount holds. */
export function mountedFrom(printed: string, path: string): string | null {
  let [longest, kind] = ['', '']
  for (const line of printed.split('\n')) {
    const [, at = '', type = ''] = / on (\/.*) \((\w+)/.exec(line) ?? []
    const inside = at === '/' || path === at || path.startsWith(`${at}/`)
    if (inside && at.length > longest.length) [longest, kind] = [at, type]
  }
  return MAC.has(kind) ? kind : null
}

const mounts = (): Promise<string> =>
  new Promise((resolve, reject) =>
    execFile('/sbin/mount', (error, printed) => (error === null ? resolve(printed) : reject(error))),
  )
