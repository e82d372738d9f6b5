/** State of sources whose samples are kept only in memory, one row a source. */
import type { Damage, MemoryOnlyState, ResumePoint } from '../contracts'
import { fromMicros, toMicros } from '../../shared/model/time'
import { crc32 } from './crc32'
import type { Database } from './database'

/** Within the transaction of a commit. @param seq of the last journal block before it */
export async function writeMemoryOnly(db: Database, entry: MemoryOnlyState, seq: number): Promise<void> {
  const { source, newest, state } = entry
  await db.run(
    'INSERT OR REPLACE INTO memory_only (source, seq, newest_us, crc, body) VALUES (?, ?, ?, ?, ?)',
    source,
    seq,
    newest === -Infinity ? null : toMicros(newest),
    state === null ? null : crc32(state),
    state === null ? null : Buffer.from(state.buffer, state.byteOffset, state.byteLength),
  )
}

/** A damaged state is reported and null: its windows begin anew. */
export async function readMemoryOnly(
  db: Database,
  onDamage: (damage: Damage) => void,
): Promise<ResumePoint['memoryOnly']> {
  const rows = await db.all('SELECT source, seq, newest_us, crc, body FROM memory_only ORDER BY source')
  return rows.map((row) => {
    const [source, seq, body] = [String(row['source']), Number(row['seq']), row['body'] as Buffer | null]
    const sound = body === null || crc32(body) === Number(row['crc'])
    if (!sound) onDamage({ kind: 'snapshot', id: seq, reason: `the state of ${source} does not fit its checksum` })
    const newest = row['newest_us'] === null ? -Infinity : fromMicros(Number(row['newest_us']))
    return { source, seq, newest, state: sound ? body : null }
  })
}
