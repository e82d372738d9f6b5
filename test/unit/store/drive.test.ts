/** What is a network drive, as Linux, Windows and macOS say it. */
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { isShare, linuxNetwork, mountedFrom, refuseNetworkDrive } from '../../../main/store/drive'

describe('a network drive', () => {
  it('is told by the type of its file system on Linux', () => {
    expect([0x6969, 0xff534d42, 0xfe534d42, -0xacb2be, 0x00c36400].map(linuxNetwork)).toEqual([
      ...['NFS', 'SMB', 'SMB', 'SMB', 'Ceph'],
    ])
    // ext4, btrfs, tmpfs, xfs, overlayfs
    for (const local of [0xef53, 0x9123683e, 0x01021994, 0x58465342, 0x794c7630]) expect(linuxNetwork(local)).toBeNull()
  })

  it('is a share on Windows, however it is written', () => {
    for (const path of ['\\\\server\\share\\weir', '//server/share', '\\\\?\\UNC\\server\\share', '\\\\10.0.0.1\\d$'])
      expect([path, isShare(path)]).toEqual([path, true])
    for (const path of ['C:\\weir', '\\\\?\\C:\\weir', '\\\\.\\C:\\weir', 'D:/data', '\\weir'])
      expect([path, isShare(path)]).toEqual([path, false])
  })

  it('is the deepest mount of the path on macOS', () => {
    const printed = `/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
//guest@nas.local/My%20Share on /Volumes/My Share (smbfs, nodev, nosuid, mounted by ann)
nas:/export on /Volumes/nfs (nfs)
/dev/disk5s1 on /Volumes/My Share/stick (exfat, local)
`
    const found = (path: string) => mountedFrom(printed, path)
    expect(found('/Volumes/My Share/weir')).toBe('smbfs')
    expect(found('/Volumes/nfs')).toBe('nfs')
    expect(found('/Volumes/nfs2')).toBeNull()
    expect(found('/Volumes/My Share/stick/weir')).toBeNull()
    expect(found('/Users/ann')).toBeNull()
  })

  it('is not the folder that this test runs in', async () => {
    await expect(refuseNetworkDrive(tmpdir())).resolves.toBeUndefined()
  })
})
