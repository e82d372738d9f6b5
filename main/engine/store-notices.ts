/** What the user should know of the database: what was damaged or lost, and what can be done. */
import type { Damage, Salvaged, Store } from '../contracts'
import type { Notice } from '../../shared/ipc/engine'
import type { EpochMs } from '../../shared/model/time'
import type { Runtime } from '../pipeline/runtime'

/** Once, after the start. */
export function startNotices({ movedAside, countedFrom, store }: Runtime): Notice[] {
  const notices: Notice[] = []
  if (movedAside !== null)
    notices.push({
      id: 'database-moved',
      severity: 'crit',
      text: store.salvaged === null ? 'notice.databaseUnreadable' : 'notice.databaseMoved',
      params: { file: movedAside },
    })
  if (countedFrom !== null)
    notices.push({
      ...{ id: 'windows-counted-from', severity: 'warn', text: 'notice.windowsCountedFrom' },
      params: { time: timeText(countedFrom) },
    })
  return notices
}

/** While another program holds the file. */
export const LOCKED: Notice = { id: 'database-locked', severity: 'crit', text: 'notice.databaseLocked', params: {} }

/** As far as is known by now. */
export function damageNotices({ file, damage, salvaged }: Pick<Store, 'file' | 'damage' | 'salvaged'>): Notice[] {
  const notices: Notice[] = salvaged === null ? [] : [salvageNotice(salvaged)]
  const blocks = damage.filter(({ kind }) => kind !== 'snapshot' && kind !== 'file')
  const first = blocks[0]
  if (first !== undefined)
    notices.push({
      ...{ id: 'damage', severity: 'crit', text: 'notice.damage' },
      params: { count: String(blocks.length), reason: first.reason, ...spanOf(blocks) },
    })
  const snapshot = damage.find(({ kind }) => kind === 'snapshot')
  if (snapshot !== undefined)
    notices.push({
      ...{ id: 'damaged-snapshot', severity: 'warn', text: 'notice.damagedSnapshot' },
      params: { reason: snapshot.reason },
    })
  const structure = damage.find(({ kind }) => kind === 'file')
  if (structure !== undefined)
    notices.push({
      ...{ id: 'damaged-file', severity: 'crit', text: 'notice.damagedFile' },
      params: { reason: structure.reason, file },
    })
  return notices
}

function salvageNotice({ from, readings, results, lostReadings, unknown, stage }: Salvaged): Notice {
  const counts = Object.entries({ readings, results, lost: lostReadings, unknown })
  return {
    id: 'salvage',
    severity: stage === 'done' && lostReadings + unknown === 0 ? 'info' : 'warn',
    text: stage === 'done' ? 'notice.salvaged' : 'notice.salvaging',
    params: { file: from, ...Object.fromEntries(counts.map(([name, count]) => [name, String(count)])) },
  }
}

function spanOf(blocks: readonly Damage[]): { from: string; to: string } {
  let [from, to] = [Infinity, -Infinity]
  for (const each of blocks) {
    from = Math.min(from, each.from ?? Infinity)
    to = Math.max(to, each.to ?? -Infinity)
  }
  return from <= to ? { from: timeText(from), to: timeText(to) } : { from: '?', to: '?' }
}

const timeText = (time: EpochMs): string =>
  Math.abs(time) <= 8.64e15 ? `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC` : '?'
