/** Ids of the outside to dense indices and back: series, and the keys that they belong to. */
import type { KeySpace, StateReader, StateWriter } from '../contracts'
import type { SeriesId } from '../../shared/model/series'
import { widenInts } from './columns'

/** Ids are small whole numbers, dense indices count from 0 in the order of first sight, which a snapshot keeps. */
export class Members {
  /** Series id → dense index, −1 where unknown. */
  index: Int32Array = new Int32Array(0)
  /** Dense series → dense key. */
  keyOf: Int32Array = new Int32Array(0)
  readonly seriesIds: SeriesId[] = []
  readonly keyIds: number[] = []
  private readonly keyTexts: string[] = []
  private readonly keyIndex = new Map<number, number>()

  constructor(
    private readonly keys: KeySpace,
    private readonly groupBy: readonly string[],
  ) {}

  /** Registers a series; `added` is called for a key that is new, before it is used. */
  add(id: SeriesId, added: (key: number) => void): number {
    const series = this.seriesIds.push(id) - 1
    this.index = widenInts(this.index, id + 1, -1)
    this.keyOf = widenInts(this.keyOf, series + 1, -1)
    this.index[id] = series
    const keyId = this.groupBy.length === 0 ? id : this.groupId(id)
    let key = this.keyIndex.get(keyId)
    if (key === undefined) {
      key = this.keyIds.push(keyId) - 1
      this.keyIndex.set(keyId, key)
      added(key)
    }
    this.keyOf[series] = key
    return series
  }

  key(id: number): number | undefined {
    return this.keyIndex.get(id)
  }

  text(key: number): string {
    return (this.keyTexts[key] ??= this.keys.text(this.keyIds[key] as number))
  }

  /** Order of keys that fire at the same time: by UTF-16 code units, which is what `<` compares. */
  compare(a: number, b: number): number {
    const left = this.text(a)
    const right = this.text(b)
    return left < right ? -1 : left > right ? 1 : a - b
  }

  write(to: StateWriter): void {
    to.numbers(this.seriesIds)
  }

  read(from: StateReader, add: (id: SeriesId) => void): void {
    for (const id of from.numbers()) add(id)
  }

  private groupId(id: SeriesId): number {
    const labels = this.keys.labels(id)
    const chosen: Record<string, string> = Object.create(null) as Record<string, string>
    for (const name of this.groupBy) chosen[name] = Object.hasOwn(labels, name) ? (labels[name] as string) : ''
    return this.keys.group(chosen)
  }
}
