/** Series of a replay: by key, and where windows are grouped by the labels that make the group. */
import type { KeySpace } from '../contracts'

/** Ids are whole numbers from 0 in the order of first sight. A label that an event lacks is the empty text. */
export class ReplayKeys implements KeySpace {
  /** Text of each id: the key of a series, or the label values of a group. */
  private readonly texts: string[] = []
  private readonly labelsOf: (Readonly<Record<string, string>> | undefined)[] = []
  private readonly ids = new Map<string, number>()

  constructor(private readonly groupBy: readonly string[]) {}

  get grouped(): boolean {
    return this.groupBy.length > 0
  }

  /** The id of a series; labels matter only where windows are grouped. */
  series(key: string, labels: Readonly<Record<string, unknown>> | undefined): number {
    if (!this.grouped) return this.id(`s${key}`, key, undefined)
    const chosen: Record<string, string> = {}
    for (const name of this.groupBy)
      chosen[name] = labels !== undefined && Object.hasOwn(labels, name) ? String(labels[name]) : ''
    return this.id(JSON.stringify(['s', key, ...Object.values(chosen)]), key, chosen)
  }

  labels(series: number): Readonly<Record<string, string>> {
    return this.labelsOf[series] ?? {}
  }

  group(labels: Readonly<Record<string, string>>): number {
    const values = this.groupBy.map((name) => labels[name] ?? '')
    return this.id(JSON.stringify(['g', ...values]), values.join(','), undefined)
  }

  text(id: number): string {
    return this.texts[id] as string
  }

  private id(identity: string, text: string, labels: Readonly<Record<string, string>> | undefined): number {
    const known = this.ids.get(identity)
    if (known !== undefined) return known
    const id = this.texts.push(text) - 1
    this.labelsOf.push(labels)
    this.ids.set(identity, id)
    return id
  }
}
