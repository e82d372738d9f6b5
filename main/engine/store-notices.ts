/** What the user should know of the database: what was damaged or lost, and what can be done. */
import type { Damage } from '../contracts'
import type { Notice } from '../../shared/ipc/engine'
import type { EpochMs } from '../../shared/model/time'
import type { Runtime } from '../pipeline/runtime'

/** Once, after the start. */
export function startNotices({ movedAside, countedFrom }: Runtime): Notice[] {
  const notices: Notice[] = []
  if (movedAside !== null)
    notices.push({
      ...{ id: 'database-moved', severity: 'crit', text: 'notice.databaseMoved' },
      params: { file: movedAside },
    })
  if (countedFrom !== null)
    notices.push({
      ...{ id: 'windows-counted-from', severity: 'warn', text: 'notice.windowsCountedFrom' },
      params: { time: timeText(countedFrom) },
    })
  return notices
}

/** As far as is known by now. */
export function damageNotices({ file, damage }: { readonly file: string; readonly damage: readonly Damage[] }): Notice[] {
  const notices: Notice[] = []
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
