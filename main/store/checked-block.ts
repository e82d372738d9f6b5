/** A row of the journal, read with its checksum. Apart from what reads the file: threads without a connection use it. */
import type { Damage, JournalBlock } from '../contracts'
import { crc32 } from './crc32'
import { BAD_CHECKSUM, timesOf } from './damaged'
import type { Row } from './database'
import { decodeJournalBlock } from './journal-block'

/** Null where it is damaged. */
export function checkedBlock(row: Row, onDamage: (damage: Damage) => void): JournalBlock | null {
  const body = row['body'] as Buffer
  let reason = BAD_CHECKSUM
  try {
    if (crc32(body) === Number(row['crc'])) return decodeJournalBlock(body)
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error)
  }
  onDamage({ kind: 'journal', id: Number(row['seq']), reason, ...timesOf(row) })
  return null
}
