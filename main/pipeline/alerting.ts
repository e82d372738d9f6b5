/**
 * Alert rules over what the sources send and what the pipelines give: every change goes into the commit of the records
 * that caused it, and is told after it. A start brings the state of the last snapshot up to date with the journal; what
 * only the clock had done since is taken from the stored changes, so that nobody is told of it twice.
 */
import type { AlertEntry, Store } from '../contracts'
import { AlertEngine } from '../alerts/alert-engine'
import type { AlertStanding } from '../alerts/alert-engine'
import type { AlertTransition, Now } from '../alerts/transition'
import { createAccumulators, createFollower } from '../statistics'
import { BinaryReader, BinaryWriter } from '../windows/state'
import { SOURCE_DOWN } from '../../shared/config/alert'
import type { AlertRule } from '../../shared/config/alert'
import { durationMs } from '../../shared/config/duration'
import { rootSource } from '../../shared/config/workspace'
import type { Workspace } from '../../shared/config/workspace'
import { ALERT_STATES, isAlertState } from '../../shared/model/alert'
import type { AlertDeed, AlertEvent, AlertState } from '../../shared/model/alert'
import type { WindowResult } from '../../shared/model/results'
import type { SampleBatch } from '../../shared/model/samples'
import { DERIVED_SOURCE } from '../../shared/model/series'
import type { SeriesId, SeriesInfo } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import type { SeriesRegistry } from './series-registry'

/** The state of the rules as it goes into a snapshot. */
export interface AlertSnapshot {
  /** Of the last change that is in it. */
  readonly number: number
  readonly state: Uint8Array
}

export interface AlertingParts {
  readonly store: Pick<Store, 'alerts'>
  readonly registry: SeriesRegistry
  /** Puts a change into the coming commit. */
  readonly add: (entry: AlertEntry) => void
  /** Somebody shows notifications here. */
  readonly desktop: boolean
}

/** A series, or the id of a source for the rule `source-down`. */
export type AlertKey = SeriesId | string
type Known = Pick<AlertRule, 'name' | 'severity' | 'notify'>

export class Alerting {
  private readonly engine: AlertEngine
  private readonly rules = new Map<string, Known>()
  private readonly watched = new Map<string, { source: string; aggregates: readonly string[] }>()
  private sources: ReadonlySet<string> = new Set()
  private number = 0
  /** While what happened is repeated: it is stored already. */
  private repeating = true

  constructor(private readonly parts: AlertingParts) {
    const { registry } = parts
    this.engine = new AlertEngine((transition) => this.changed(transition), {
      createAccumulators: (statistics) => createAccumulators(statistics, { grouped: false }),
      createFollower,
      lastTime: (series) => registry.lastTime[series] ?? NaN,
    })
    registry.onAdded = (info) => this.seriesAdded(info)
  }

  /** The workspace is this from now on. */
  define({ alerts, sourceDown, sources, pipelines }: Workspace): void {
    this.rules.clear()
    for (const rule of alerts) if (rule.enabled) this.rules.set(rule.id, rule)
    if (sourceDown.enabled) this.rules.set(SOURCE_DOWN, { ...sourceDown, name: SOURCE_DOWN })
    this.watched.clear()
    for (const { results } of alerts) {
      const pipeline = pipelines.find(({ id }) => id === results?.pipeline)
      const source = pipeline === undefined ? undefined : rootSource(pipeline, pipelines)
      if (pipeline !== undefined && source !== undefined)
        this.watched.set(pipeline.id, { source, aggregates: pipeline.aggregates })
    }
    const enabled = new Set(sources.filter((source) => source.enabled).map(({ id }) => id))
    for (const id of this.sources) if (!enabled.has(id)) this.engine.sourceRemoved(id, now())
    const added = [...enabled].filter((id) => !this.sources.has(id))
    this.sources = enabled
    const repeatEvery = sourceDown.repeatEvery === undefined ? null : durationMs(sourceDown.repeatEvery)
    this.engine.setSourceDown(durationMs(sourceDown.after), repeatEvery)
    this.engine.define(alerts, now())
    for (const info of this.parts.registry.all) if (added.includes(info.source)) this.seriesAdded(info)
  }

  // ---- what happens

  /** Of a source that runs. */
  samples(source: string, batch: SampleBatch): void {
    if (batch.length === 0 || !this.sources.has(source)) return
    this.engine.samples(batch, this.repeating ? past(batch.arrival[batch.length - 1] as number) : now())
  }

  fired(...results: readonly WindowResult[]): void {
    for (const result of results) {
      const watched = this.watched.get(result.pipeline)
      if (watched === undefined) continue
      const { source, aggregates } = watched
      this.engine.results({ pipeline: result.pipeline, source, aggregates, results: [result] }, now())
    }
  }

  /** @param quietFrom monotonic: when its backlog will be read */
  sourceState(source: string, live: boolean, quietFrom?: DurationMs): void {
    if (this.sources.has(source)) this.engine.sourceState(source, live, now(), quietFrom)
  }

  /** About once a second. */
  tick(): void {
    this.engine.advance(now())
  }

  // ---- what people do

  /** @returns false where there is no such alert */
  acknowledge(rule: string, key: AlertKey): boolean {
    if (!this.engine.acknowledge(rule, key)) return false
    this.done('acknowledged', rule, key, null)
    return true
  }

  /** @param until null: notifications come again */
  silence(rule: string, key: AlertKey, until: EpochMs | null): boolean {
    const found = until === null ? this.engine.hear(rule, key) : this.engine.silence(rule, key, until)
    if (found) this.done(until === null ? 'heard' : 'silenced', rule, key, until)
    return found
  }

  standing(): AlertStanding[] {
    return this.engine.standing().filter(({ rule }) => this.rules.has(rule))
  }

  // ---- restart

  snapshot(): AlertSnapshot {
    const writer = new BinaryWriter()
    this.engine.write(writer, now())
    return { number: this.number, state: writer.bytes() }
  }

  /** Before the journal is repeated. @param snapshot null: there is none */
  load(snapshot: AlertSnapshot | null): void {
    for (const info of this.parts.registry.all) this.seriesAdded(info)
    if (snapshot === null) return
    this.engine.read(new BinaryReader(snapshot.state), now())
    this.number = snapshot.number
  }

  /** After it: from here on changes are told. */
  async begin(): Promise<void> {
    const { alerts } = this.parts.store
    const latest = new Map<string, Recalled>()
    for await (const event of alerts.after(this.number)) {
      const key = `${event.rule}\0${event.series ?? event.source}`
      latest.set(key, recalled(event, latest.get(key)))
    }
    for (const { change, deeds } of latest.values()) for (const event of [...change, ...deeds]) this.recall(event)
    this.number = await alerts.lastNumber()
    this.repeating = false
  }

  private recall({ rule, series, source, to, time, reason, notify, until }: AlertEvent): void {
    const key = series ?? source
    if (reason === 'acknowledged') this.engine.acknowledge(rule, key)
    else if (reason === 'silenced') this.engine.silence(rule, key, until ?? -Infinity)
    else if (reason === 'heard') this.engine.hear(rule, key)
    else this.engine.recall(rule, key, to, time, notify ?? undefined)
  }

  private seriesAdded(info: SeriesInfo): void {
    if (this.sources.has(info.source) || info.source === DERIVED_SOURCE) this.engine.seriesAdded(info, now())
  }

  private changed(transition: AlertTransition): void {
    const rule = this.rules.get(transition.rule)
    const { key, eventTime, notify = null, revised = false, ...rest } = transition
    // A rule that is gone still says that its alerts are over.
    const known = rule ?? { name: transition.rule, severity: 'info', notify: NOBODY }
    if (transition.rule === SOURCE_DOWN && rule === undefined) return
    this.add({ ...rest, series: key, time: eventTime, revised, notify, until: null }, known)
  }

  private done(reason: AlertDeed, rule: string, key: AlertKey, until: EpochMs | null): void {
    const at = Date.now()
    const isSource = typeof key === 'string'
    const source = isSource ? key : (this.parts.registry.info(key)?.source ?? '')
    const state = this.engine.stateOf(rule, key) ?? (ALERT_STATES[0] as AlertState)
    const what = { rule, source, series: isSource ? null : key, from: state, to: state, time: at, value: NaN }
    const id = `${rule}:${key}:${reason}:${at}`
    const known = this.rules.get(rule)
    if (known !== undefined) this.add({ ...what, id, reason, revised: false, notify: null, until }, known)
  }

  private add(event: Omit<AlertEntry, 'number' | 'name' | 'severity' | 'at' | 'desktop'>, rule: Known): void {
    if (this.repeating) return
    const { name, severity, notify } = rule
    const desktop = this.parts.desktop && notify.desktop && event.notify !== null
    this.parts.add({ ...event, number: ++this.number, name, severity, at: Date.now(), desktop })
  }
}

/** What stands of a rule and key: its last change, and what people have done since. */
interface Recalled {
  readonly change: readonly AlertEvent[]
  readonly deeds: readonly AlertEvent[]
}

function recalled(event: AlertEvent, { change, deeds }: Recalled = { change: [], deeds: [] }): Recalled {
  if (isDeed(event.reason)) return { change, deeds: [...deeds, event] }
  // An alert that is over takes its acknowledgement along.
  const over = !isAlertState(event.to)
  return { change: [event], deeds: deeds.filter(({ reason }) => !over || reason !== 'acknowledged') }
}

const isDeed = (reason: AlertEvent['reason']): boolean => ['acknowledged', 'silenced', 'heard'].includes(reason)

const NOBODY: AlertRule['notify'] = { desktop: false, sound: false, outputs: [] }
const now = (): Now => ({ monotonic: performance.now(), wall: Date.now() })
/** When the journal is repeated: silences were over when they were. */
const past = (arrival: EpochMs): Now => ({ monotonic: performance.now(), wall: arrival })
