/** Window results as NDJSON, in full precision. */
import type { WindowResult } from '../../shared/model/results'
import type { ReplayKeys } from './replay-keys'

/** `values` in the order of the aggregates; NaN becomes null. Numbers in the shortest form that reads back the same. */
export class ReplayRows {
  /** Characters that wait to be taken. */
  pending = 0
  private rows: string[] = []
  private readonly heads: string[] = []
  private readonly names: readonly string[]

  constructor(
    private readonly keys: ReplayKeys,
    aggregates: readonly string[],
  ) {
    this.names = aggregates.map((name) => `,${JSON.stringify(name)}:`)
  }

  add({ key, start, end, index, revision, replaces, values }: WindowResult): void {
    const head = (this.heads[key] ??= `{"key":${JSON.stringify(this.keys.text(key))},"start":`)
    let row = `${head}${start},"end":${end}`
    if (index !== undefined) row += `,"index":${index}`
    row += `,"revision":${revision}`
    if (replaces !== undefined) row += `,"replaces":${JSON.stringify(replaces)}`
    for (let i = 0; i < this.names.length; i++) {
      const value = values[i] as number
      row += (this.names[i] as string) + (value - value === 0 ? value : 'null')
    }
    row += '}\n'
    this.rows.push(row)
    this.pending += row.length
  }

  take(): string {
    const text = this.rows.join('')
    this.rows = []
    this.pending = 0
    return text
  }
}
