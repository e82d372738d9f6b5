/** What windows may ask of alerts, and what the desktop is to show of them. */
import type { AlertNotice, AlertPreview, StandingAlert } from '../../shared/ipc/alerts'
import { comparedUnit, SOURCE_DOWN } from '../../shared/config/alert'
import type { AlertRule } from '../../shared/config/alert'
import type { Workspace } from '../../shared/config/workspace'
import type { AlertEvent } from '../../shared/model/alert'
import type { EpochMs } from '../../shared/model/time'
import type { AlertKey } from '../pipeline/alerting'
import { previewAlert } from '../pipeline/alert-preview'
import type { Runtime } from '../pipeline/runtime'
import type { EventListener } from './engine'

/** Those that nobody has shown come again after this, in status intervals. */
const AGAIN = 5
const LONG_AGO_MS = 60_000

export class AlertDesk {
  private untold: readonly AlertEvent[] = []
  private waited = AGAIN

  constructor(
    private readonly runtime: Runtime,
    private readonly workspace: () => Workspace,
    private readonly emit: EventListener,
  ) {}

  /** What an earlier start left untold. */
  async load(): Promise<void> {
    this.untold = await this.runtime.store.alerts.untold()
  }

  committed(events: readonly (AlertEvent & { readonly desktop: boolean })[]): void {
    if (events.length === 0) return
    this.emit('alerts', events)
    const due = events.filter(({ desktop }) => desktop)
    if (due.length === 0) return
    this.untold = [...this.untold, ...due]
    this.waited = AGAIN
  }

  /** Once a second: what came together is shown together. */
  second(): void {
    if (this.untold.length === 0 || this.waited++ < AGAIN) return
    this.waited = 0
    const passed = this.untold.filter((event) => isPassed(event, this.untold))
    if (passed.length > 0) void this.notified(passed.map(({ id }) => id))
    if (this.untold.length > 0)
      this.emit(
        'notifications',
        this.untold.map((event) => this.notice(event)),
      )
  }

  async notified(ids: readonly string[]): Promise<void> {
    const told = new Set(ids)
    this.untold = this.untold.filter(({ id }) => !told.has(id))
    await this.runtime.store.alerts.told(ids)
  }

  get counts(): { firing: number; open: number } {
    const lasting = this.runtime.alerting.standing().filter(({ state }) => state !== 'pending')
    return { firing: lasting.length, open: lasting.filter(({ acknowledged }) => !acknowledged).length }
  }

  standing(): StandingAlert[] {
    const { alerts, sourceDown } = this.workspace()
    return this.runtime.alerting.standing().map(({ key, silencedUntil, ...rest }) => ({
      ...rest,
      series: key,
      severity:
        (rest.rule === SOURCE_DOWN ? sourceDown : alerts.find(({ id }) => id === rest.rule))?.severity ?? 'info',
      silencedUntil: silencedUntil > Date.now() ? silencedUntil : null,
    }))
  }

  acknowledge(rule: string, key: AlertKey): boolean {
    return this.runtime.alerting.acknowledge(rule, key)
  }

  silence(rule: string, key: AlertKey, until: EpochMs | null): boolean {
    return this.runtime.alerting.silence(rule, key, until)
  }

  preview(rule: AlertRule, from: EpochMs, to: EpochMs): Promise<AlertPreview> {
    return previewAlert(this.runtime, rule, { from, to })
  }

  private notice(event: AlertEvent): AlertNotice {
    const { alerts, sourceDown, sources } = this.workspace()
    const rule = alerts.find(({ id }) => id === event.rule)
    const notify = (event.rule === SOURCE_DOWN ? sourceDown : rule)?.notify
    const info = event.series === null ? undefined : this.runtime.registry.info(event.series)
    const source = sources.find(({ id }) => id === event.source)?.name ?? event.source
    const labels = Object.values(info?.labels ?? {}).join(' ')
    const name = info?.display ?? [info?.name, labels].filter(Boolean).join(' · ')
    return {
      ...event,
      sound: notify?.sound ?? false,
      title: info === undefined ? source : name,
      unit: comparedUnit(rule?.reduce, info?.unit ?? ''),
    }
  }
}

/** Of a backlog: it had begun and was over long before anybody could be told. */
function isPassed({ rule, series, source, notify, time, at }: AlertEvent, untold: readonly AlertEvent[]): boolean {
  const other = notify === 'resolved' ? 'firing' : 'resolved'
  const isOther = (event: AlertEvent): boolean =>
    event.notify === other &&
    event.rule === rule &&
    event.series === series &&
    event.source === source &&
    (other === 'resolved' ? event.time >= time : event.time <= time)
  return at - time > LONG_AGO_MS && untold.some(isOther)
}
