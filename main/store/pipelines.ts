/**
 * What the stored results of each pipeline hold. Results are rows of doubles without names, so a changed list of
 * statistics rewrites them, and a changed meaning removes them: a number is never shown as what it is not.
 */
import type { Database } from './database'

export interface PipelineEntry {
  readonly id: number
  readonly aggregates: readonly string[]
  /** Null: stored before it was kept. */
  readonly meaning: string | null
}

export interface PipelineDefinition {
  readonly name: string
  readonly aggregates: readonly string[]
  readonly meaning: string
}

export async function readPipelines(db: Database): Promise<Map<string, PipelineEntry>> {
  const pipelines = new Map<string, PipelineEntry>()
  for (const row of await db.all('SELECT id, name, aggregates, meaning FROM pipeline'))
    pipelines.set(String(row['name']), {
      id: Number(row['id']),
      aggregates: JSON.parse(String(row['aggregates'])) as string[],
      meaning: typeof row['meaning'] === 'string' ? row['meaning'] : null,
    })
  return pipelines
}

/** In one transaction: the rows and what they are said to hold change together. */
export async function definePipeline(
  db: Database,
  known: ReadonlyMap<string, PipelineEntry>,
  next: PipelineDefinition,
): Promise<PipelineEntry> {
  const { name, aggregates, meaning } = next
  const before = known.get(name)
  const id = before?.id ?? 1 + Math.max(0, ...[...known.values()].map((each) => each.id))
  const entry = { id, aggregates, meaning }
  if (before !== undefined && before.aggregates.join() === aggregates.join() && before.meaning === meaning) return entry
  await db.exec('BEGIN IMMEDIATE')
  try {
    if (before !== undefined) await convert(db, before, next)
    await db.run(
      'INSERT OR REPLACE INTO pipeline (id, name, aggregates, meaning) VALUES (?, ?, ?, ?)',
      entry.id,
      name,
      JSON.stringify(aggregates),
      meaning,
    )
    await db.exec('COMMIT')
  } catch (error) {
    await db.exec('ROLLBACK').catch(() => undefined)
    throw error
  }
  return entry
}

const NULL_COLUMN = "x'000000000000f87f'"

async function convert(db: Database, before: PipelineEntry, next: PipelineDefinition): Promise<void> {
  if (before.meaning !== null && before.meaning !== next.meaning) {
    await db.run('DELETE FROM window_result WHERE pipeline = ?', before.id)
    return
  }
  if (before.aggregates.join() === next.aggregates.join()) return
  const columns = next.aggregates.map((name) => {
    const at = before.aggregates.indexOf(name)
    return at < 0 ? NULL_COLUMN : `substr(stats, ${8 * at + 1}, 8)`
  })
  await db.run(`UPDATE window_result SET stats = CAST(${columns.join(' || ')} AS BLOB) WHERE pipeline = ?`, before.id)
}
