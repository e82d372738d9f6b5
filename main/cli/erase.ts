/** `weir erase`: removes stored readings for good, from a file that no engine has open. */
import { SqliteStore, StoredFile } from '../pipeline/stored-file'
import { parseOptions } from './arguments'
import { chosen } from './export'
import { timeOf } from './export-options'

export async function eraseCommand(args: string[]): Promise<number> {
  const given = parseOptions(args, ['db', 'series'], ['from', 'to'])
  const range = { from: timeOf('from', given.from), to: timeOf('to', given.to) }
  const file = await StoredFile.open(given.db)
  const series = chosen(file.series, given.series)
  await file.close()
  const { store } = await SqliteStore.open(given.db)
  try {
    await store.eraseSamples({ series: new Set(series.map(({ id }) => id)), ...range })
  } finally {
    await store.close()
  }
  process.stderr.write(`erased readings of ${series.length} series\n`)
  return 0
}
