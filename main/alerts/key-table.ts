/** The keys that rules are for: made as series are added and as results come, and made over when rules change. */
import type { Accumulators, Follower } from '../contracts'
import type { FollowingReduction } from '../../shared/config/alert'
import { DERIVED_SOURCE } from '../../shared/model/series'
import type { SeriesId, SeriesInfo } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import type { CompiledRule } from './compiled-rule'
import type { Reducers } from './input'
import type { RuleBook } from './rule-book'
import type { StateColumns } from './state-columns'
import { WatchedKey } from './watched-key'
import type { SlotVisitor } from './watched-key'
import type { WatchedSource } from './watched-source'

export interface KeyOptions {
  createAccumulators(statistics: readonly string[]): Accumulators
  createFollower(of: FollowingReduction): Follower
  lastTime?(series: SeriesId): EpochMs
}
interface KeyParts {
  source(id: string): WatchedSource
  /** A rule is no longer for a key. */
  withdraw: SlotVisitor
  /** The rules for a key are others now. */
  attached(key: WatchedKey): void
}

export class KeyTable {
  /** Keys with readings, by series. */
  readonly readings: (WatchedKey | undefined)[] = []
  readonly sources = new Map<string, WatchedSource>()
  private readonly infos = new Map<SeriesId, SeriesInfo>()
  private readonly results = new Map<string, (WatchedKey | null | undefined)[]>()
  private readonly accumulators = new Map<string, Accumulators>()

  readonly reducers: Reducers = {
    /** All windows of one statistic share its columns. */
    accumulatorsOf: (statistic) => {
      let known = this.accumulators.get(statistic)
      if (known === undefined) this.accumulators.set(statistic, (known = this.options.createAccumulators([statistic])))
      return known
    },
    createFollower: (of) => this.options.createFollower(of),
  }

  constructor(
    private readonly book: RuleBook,
    private readonly columns: StateColumns,
    private readonly options: KeyOptions,
    private readonly parts: KeyParts,
  ) {}

  add(info: SeriesInfo): void {
    if (this.infos.has(info.id)) return
    this.infos.set(info.id, info)
    this.watchReadings(info)
  }

  remove(series: SeriesId): void {
    for (const key of [...this.all()]) if (key.id === series) this.drop(key)
    this.infos.delete(series)
  }

  removeSource(source: WatchedSource): void {
    for (const key of source.keys) this.drop(key)
    for (const info of this.infos.values()) if (info.source === source.id) this.infos.delete(info.id)
    this.sources.delete(source.id)
  }

  /** The rules changed. */
  refresh(): void {
    for (const key of [...this.all()]) {
      const info = this.infos.get(key.id)
      const rules = info === undefined ? [] : this.book.of(info, key.pipeline)
      if (rules.length === 0) this.drop(key)
      else {
        this.withdraw(key, new Set(rules))
        this.attach(key, rules)
      }
    }
    // Keys that no rule was for may have one now.
    for (const keys of this.results.values())
      keys.forEach((key, id) => {
        if (key === null) keys[id] = undefined
      })
    for (const info of this.infos.values()) this.watchReadings(info)
  }

  /** The key of a pipeline's results; made at its first. Undefined where no rule is for it. */
  ofResults(pipeline: string, id: SeriesId, source: string): WatchedKey | undefined {
    let keys = this.results.get(pipeline)
    if (keys === undefined) this.results.set(pipeline, (keys = []))
    const known = keys[id]
    if (known !== undefined) return known ?? undefined
    const info = this.infos.get(id)
    if (info === undefined) return undefined
    const rules = this.book.of(info, pipeline)
    const key = rules.length === 0 ? null : new WatchedKey(id, pipeline, this.source(source))
    keys[id] = key
    if (key === null) return undefined
    key.watched.keys.add(key)
    this.attach(key, rules)
    return key
  }

  /** Made at first sight. */
  source(id: string): WatchedSource {
    let source = this.sources.get(id)
    if (source === undefined) this.sources.set(id, (source = this.parts.source(id)))
    return source
  }

  /** Those with readings, then those of results; in the order of series. */
  *all(): Generator<WatchedKey> {
    for (const key of this.readings) if (key !== undefined) yield key
    for (const keys of this.results.values()) for (const key of keys) if (key !== undefined && key !== null) yield key
  }

  each(visit: SlotVisitor): void {
    for (const key of this.all()) key.each(visit)
  }

  slot(rule: CompiledRule, id: SeriesId): number | null {
    let found: number | null = null
    this.keyOf(rule, id)?.each((slot, each) => {
      if (each === rule) found = slot
    })
    return found
  }

  keyOf(rule: CompiledRule, id: SeriesId): WatchedKey | undefined {
    const keys = rule.results === undefined ? this.readings : this.results.get(rule.results.pipeline)
    return keys?.[id] ?? undefined
  }

  private watchReadings(info: SeriesInfo): void {
    if (info.source === DERIVED_SOURCE || this.readings[info.id] !== undefined) return
    const rules = this.book.of(info, null)
    if (rules.length === 0) return
    const key = new WatchedKey(info.id, null, this.source(info.source))
    const last = this.options.lastTime?.(info.id) ?? NaN
    if (!Number.isNaN(last)) key.heard = key.clock = last
    this.readings[info.id] = key
    key.watched.keys.add(key)
    this.attach(key, rules)
  }

  private attach(key: WatchedKey, rules: readonly CompiledRule[]): void {
    key.attach(rules, this.columns, this.reducers)
    this.parts.attached(key)
  }

  private withdraw(key: WatchedKey, staying: ReadonlySet<CompiledRule>): void {
    key.each((slot, rule, input) => {
      if (!staying.has(rule)) this.parts.withdraw(slot, rule, input)
    })
  }

  private drop(key: WatchedKey): void {
    this.withdraw(key, new Set())
    key.attach([], this.columns, this.reducers)
    key.due = Infinity
    key.watched.keys.delete(key)
    const keys = key.pipeline === null ? this.readings : (this.results.get(key.pipeline) ?? [])
    keys[key.id] = undefined
  }
}
