/** All series of the file: their ids, and the last sample of each. Ids are dense from 1 and never used again. */
import { Rejected } from '../contracts'
import type { KeySpace, RangeQuery, SeriesKeyRef } from '../contracts'
import type { SampleBatch } from '../../shared/model/samples'
import { DERIVED_SOURCE, seriesKeyText } from '../../shared/model/series'
import type { SeriesId, SeriesInfo, SeriesKey } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'

/** A sensor that puts a counter into its topic must not fill the memory. */
export const MAX_SERIES = 100_000

/** Weight of the newest interval in the moving mean. */
const PACE_WEIGHT = 0.2

export class SeriesRegistry implements KeySpace {
  private readonly infos: (SeriesInfo | undefined)[] = []
  private readonly texts: (string | undefined)[] = []
  private readonly byKey = new Map<string, SeriesId>()
  private readonly derived = new Map<SeriesId, SeriesId>()
  /** Whose commits write new series: those of all sources, and one list more for each source with commits of its own. */
  private readonly created = new Map<string | null, SeriesInfo[]>([[null, []]])
  private count = 0
  /** Told of every series that the file gets. */
  onAdded: (info: SeriesInfo) => void = () => undefined
  /** Of the newest committed sample by arrival, per series id; NaN before the first. */
  lastTime = new Float64Array(1024).fill(NaN)
  lastValue = new Float64Array(1024).fill(NaN)
  lastArrival = new Float64Array(1024).fill(NaN)
  /** Usual time between arrivals, ms: a moving mean, so that it follows a sensor that changes its pace. */
  interval = new Float64Array(1024).fill(NaN)

  /** Takes over what the file holds. */
  load(series: readonly SeriesInfo[]): void {
    for (const info of series) this.add(info)
  }

  get all(): readonly SeriesInfo[] {
    return this.infos.filter((info) => info !== undefined)
  }

  /** Those that sources send: derived ones are keys of pipelines and have no readings. */
  get received(): readonly SeriesInfo[] {
    return this.all.filter(({ source }) => source !== DERIVED_SOURCE)
  }

  info(id: SeriesId): SeriesInfo | undefined {
    return this.infos[id]
  }

  find(key: SeriesKey): SeriesId | undefined {
    return this.byKey.get(seriesKeyText(key))
  }

  /** The newest committed sample of a series of the source, null where there is none. */
  lastOf(
    source: string,
    { name, labels }: Pick<SeriesKey, 'name' | 'labels'>,
  ): { time: EpochMs; value: number } | null {
    const id = this.find({ source, name, labels })
    const time = id === undefined ? NaN : (this.lastTime[id] as number)
    return Number.isNaN(time) ? null : { time, value: this.lastValue[id as SeriesId] as number }
  }

  /** The id of a series, made at first sight. @throws Rejected beyond the limit. */
  resolve(source: string, ref: SeriesKeyRef): SeriesId {
    const text = seriesKeyText({ source, name: ref.name, labels: ref.labels })
    const known = this.byKey.get(text)
    const id = known ?? this.create(source, ref)
    const info = this.infos[id] as SeriesInfo
    if (
      known !== undefined &&
      (info.unit !== ref.unit || info.display !== ref.display) &&
      (ref.unit !== undefined || ref.display !== undefined)
    ) {
      this.infos[id] = {
        ...info,
        ...(ref.unit === undefined ? {} : { unit: ref.unit }),
        ...(ref.display === undefined ? {} : { display: ref.display }),
      }
      this.noteCreated(this.infos[id] as SeriesInfo)
    }
    ref.id = id
    return id
  }

  private create(source: string, ref: SeriesKeyRef): SeriesId {
    if (source !== DERIVED_SOURCE && this.count >= MAX_SERIES)
      throw new Rejected(`more than ${MAX_SERIES} series; does a topic or field name change with every record?`)
    const info: SeriesInfo = {
      id: Math.max(1, this.infos.length),
      source,
      name: ref.name,
      labels: ref.labels,
      ...(ref.unit === undefined ? {} : { unit: ref.unit }),
      ...(ref.display === undefined ? {} : { display: ref.display }),
    }
    this.add(info)
    this.onAdded(info)
    this.noteCreated(info)
    return info.id
  }

  /** A series of results may be made by one source and used by another at once: each must have it in its commit. */
  private noteCreated(info: SeriesInfo): void {
    for (const [source, list] of this.created)
      if (source === null || source === info.source || info.source === DERIVED_SOURCE) list.push(info)
  }

  private add(info: SeriesInfo): void {
    this.infos[info.id] = info
    this.texts[info.id] = seriesKeyText(info)
    this.byKey.set(this.texts[info.id] as string, info.id)
    if (info.source !== DERIVED_SOURCE) this.count += 1
    if (info.id >= this.lastTime.length) {
      const capacity = Math.max(info.id + 1, this.lastTime.length * 2)
      for (const column of ['lastTime', 'lastValue', 'lastArrival', 'interval'] as const) {
        const wider = new Float64Array(capacity).fill(NaN)
        wider.set(this[column])
        this[column] = wider
      }
    }
  }

  /**
   * New and changed series since the last call; they go into the next commit.
   * @param source with commits of its own: its series and those of results, since it was said to have them
   */
  takeCreated(source: string | null = null): SeriesInfo[] {
    const created = this.created.get(source) ?? []
    this.created.set(source, [])
    return created
  }

  /** The source has commits of its own, or has them no longer. What it has made so far must be committed. */
  setOwnCommits(source: string, own: boolean): void {
    if (own) this.created.set(source, [])
    else this.created.delete(source)
  }

  forget(source: string): void {
    for (const info of this.all) {
      if (info.source !== source) continue
      this.derived.delete(info.id)
      this.infos[info.id] = undefined
      this.byKey.delete(this.texts[info.id] as string)
      this.texts[info.id] = undefined
      this.count -= 1
    }
    for (const [taker, list] of this.created)
      this.created.set(
        taker,
        list.filter((info) => info.source !== source),
      )
  }

  /** Notes the last sample of each series of a committed batch. */
  note(batch: SampleBatch): void {
    const { lastTime, lastValue, lastArrival, interval } = this
    for (let i = 0; i < batch.length; i++) {
      const id = batch.series[i] as number
      const time = batch.time[i] as number
      const arrival = batch.arrival[i] as number
      const step = arrival - (lastArrival[id] as number)
      if (step > 0)
        interval[id] = Number.isNaN(interval[id])
          ? step
          : (interval[id] as number) + (step - (interval[id] as number)) * PACE_WEIGHT
      lastArrival[id] = arrival
      if (time < (lastTime[id] as number)) continue
      lastTime[id] = time
      lastValue[id] = batch.value[i] as number
    }
  }

  /** Last samples that were erased. */
  forgetLast({ series, from, to }: RangeQuery): void {
    for (const id of series) {
      const time = this.lastTime[id] as number
      if (time >= (from ?? -Infinity) && time <= (to ?? Infinity)) this.lastTime[id] = this.lastValue[id] = NaN
    }
  }

  /** The last sample of every series of some sources once `coming` is committed: id, time, value, arrival, id … */
  lastSamples(coming: SampleBatch, of: (source: string) => boolean): Float64Array {
    const newest = new Map<SeriesId, number>()
    for (let i = 0; i < coming.length; i++) {
      const id = coming.series[i] as number
      const before = newest.get(id)
      const known = before === undefined ? (this.lastTime[id] as number) : (coming.time[before] as number)
      if (!((coming.time[i] as number) < known)) newest.set(id, i)
    }
    const out: number[] = []
    for (const { id, source } of this.all) {
      if (!of(source)) continue
      const i = newest.get(id)
      if (i !== undefined)
        out.push(id, coming.time[i] as number, coming.value[i] as number, coming.arrival[i] as number)
      else if (!Number.isNaN(this.lastTime[id]))
        out.push(id, this.lastTime[id] as number, this.lastValue[id] as number, this.lastArrival[id] as number)
    }
    return Float64Array.from(out)
  }

  loadLast(last: Float64Array): void {
    for (let i = 0; i + 3 < last.length; i += 4) {
      const id = last[i] as number
      if (id >= this.lastTime.length) continue
      this.lastTime[id] = last[i + 1] as number
      this.lastValue[id] = last[i + 2] as number
      this.lastArrival[id] = last[i + 3] as number
    }
  }

  // ---- KeySpace

  labels(series: SeriesId): Readonly<Record<string, string>> {
    return this.infos[series]?.labels ?? {}
  }

  /** The key of a group is a series of its own, under the source name `group`. */
  group(labels: Readonly<Record<string, string>>): number {
    return this.derive('group', labels)
  }

  /** A derived series of that name, such as the joined one of a pipeline. */
  derive(name: string, labels: Readonly<Record<string, string>>): SeriesId {
    return this.resolve(DERIVED_SOURCE, { name, labels, id: undefined })
  }

  /** The series that the results of a key are samples of; that of a derived one is itself. */
  derivedOf(key: SeriesId): SeriesId {
    const known = this.derived.get(key)
    if (known !== undefined) return known
    const info = this.infos[key]
    const id = info === undefined || info.source === DERIVED_SOURCE ? key : this.derive(info.name, info.labels)
    this.derived.set(key, id)
    return id
  }

  text(key: number): string {
    return this.texts[key] ?? ''
  }
}
