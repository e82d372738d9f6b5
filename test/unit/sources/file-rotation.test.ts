/** Which file comes next, on a real folder. */
import { appendFile, copyFile, open, rename, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { FilePosition } from '../../../main/sources/file-position'
import { FileReader } from '../../../main/sources/file-reader'
import { placeAfter } from '../../../main/sources/file-rotation'
import { temporaryFolder } from '../../integration/support/world'

let path: string
beforeEach(async () => {
  path = join(await temporaryFolder(), 'app.log')
})

/** Names in their order, with the first bytes that are left in each. */
async function order(from: FilePosition | undefined, since?: bigint): Promise<string[]> {
  const seen: string[] = []
  for (let position = from; ;) {
    const place = await placeAfter(path, position, since)
    const reader = await FileReader.open(place.handle, false, place.at)
    const batch = await reader.read(true)
    seen.push(batch === null ? '' : batch.records.map(({ payload }) => String(Buffer.from(payload))).join(','))
    position = reader.position
    await reader.close()
    if (place.current) return seen
  }
}

async function readToEnd(): Promise<FilePosition> {
  const reader = await FileReader.open(await open(path, 'r'), false, { offset: 0, midLine: false })
  await reader.read(false)
  const { position } = reader
  await reader.close()
  return position
}

const copyAndCut = async (to: string) => {
  await copyFile(path, to)
  await truncate(path)
}

describe('the place after a position', () => {
  it('is the file itself while it is the same', async () => {
    await writeFile(path, 'a\n')
    const position = await readToEnd()
    await appendFile(path, 'b\n')
    expect(await order(position)).toEqual(['b'])
  })

  it('goes through every file that came and went, by renaming', async () => {
    await writeFile(path, 'a\n')
    const position = await readToEnd()
    await appendFile(path, 'b\n')
    await rename(path, `${path}.2`)
    await writeFile(path, 'c\n')
    await rename(path, `${path}.1`)
    await writeFile(path, 'd\n')
    expect(await order(position)).toEqual(['b', 'c', 'd'])
  })

  it('goes through every file that came and went by copying and cutting, also where nothing was read of it', async () => {
    await writeFile(path, 'a\n')
    const position = await readToEnd()
    await copyAndCut(`${path}.2`)
    await appendFile(path, 'c\n')
    await copyAndCut(`${path}.1`)
    await appendFile(path, 'd\n')
    expect(await order(position)).toEqual(['c', 'd'])
  })

  it('is the first of those that came since it was missed', async () => {
    const since = BigInt(Date.now() - 20) * 1_000_000n
    await writeFile(path, 'a\n')
    await rename(path, `${path}.1`)
    await writeFile(path, 'b\n')
    expect(await order(undefined, since)).toEqual(['a', 'b'])
    expect(await order(undefined)).toEqual(['b'])
  })

  it('is never another log of the folder', async () => {
    await writeFile(path, 'a\n')
    const position = await readToEnd()
    await rename(path, join(path, '..', 'app-20260131.log'))
    for (const name of ['app-error.log', 'app.log.swp', 'application.log', 'app.log.1.gz'])
      await writeFile(join(path, '..', name), `${basename(name)}\n`)
    await writeFile(path, 'b\n')
    expect(await order(position)).toEqual(['b'])
  })
})
