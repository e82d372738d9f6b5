/** Rows in the order of an integer key, also of a damaged file: what cannot be reached is passed over and told. */
import { isCorrupt } from './store-error'
import type { Row } from './database'

export interface Walk {
  /** Rows whose key is at least `from`, in its order. */
  read(from: number, limit: number): Promise<Row[]>
  key(row: Row): number
  /** No row of these keys can be read; `to` is Infinity where that holds to the end. */
  unreachable(from: number, to: number, reason: string): void
  /** How many rows to ask for after these. */
  limit(rows: readonly Row[]): number
}

const FIRST_LIMIT = 4

export async function* walk(walk: Walk, first: number): AsyncGenerator<readonly Row[]> {
  let limit = FIRST_LIMIT
  for (let from = first; ;) {
    try {
      const rows = await walk.read(from, limit)
      yield rows
      const last = rows[limit - 1]
      if (last === undefined) return
      from = walk.key(last) + 1
      limit = walk.limit(rows)
    } catch (error) {
      if (!isCorrupt(error)) throw error
      // Those before the damage are read one by one.
      if (limit > 1) limit = 1
      else {
        const next = await nextReadable(walk, from)
        walk.unreachable(from, next - 1, error.message)
        if (next === Infinity) return
        from = next
      }
    }
  }
}

/** A damaged page takes a run of keys with it: in doubling steps over it, then back to where it ends. */
async function nextReadable({ read }: Walk, from: number): Promise<number> {
  const readable = (key: number): Promise<boolean> =>
    read(key, 1).then(
      () => true,
      (error: unknown) => {
        if (isCorrupt(error)) return false
        throw error
      },
    )
  let step = 1
  while (!(await readable(from + step))) {
    step *= 2
    if (from + step > Number.MAX_SAFE_INTEGER) return Infinity
  }
  let [bad, good] = [from + (step >> 1), from + step]
  while (good - bad > 1) {
    const middle = bad + Math.floor((good - bad) / 2)
    if (await readable(middle)) good = middle
    else bad = middle
  }
  return good
}
