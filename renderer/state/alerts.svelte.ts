/** What is alerting now and what has changed lately, kept up to date with the engine. */
import type { AlertRule } from '../../shared/config/alert'
import type { AlertPlace, DesktopApi } from '../../shared/ipc/desktop'
import type { StandingAlert } from '../../shared/ipc/alerts'
import type { AlertEvent } from '../../shared/model/alert'
import { compilePattern } from '../../shared/model/pattern'
import type { SeriesInfo } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import type { AlertMarks } from '../charts/alertMarks'
import type { EngineConnection } from './connection.svelte'
import { periodsOf } from './alertPeriods'
import { ruleName, thresholdsOf } from './alertWords'
import type { Navigation } from './navigation.svelte'
import type { Session } from './session.svelte'
import type { Timeline } from './timeline.svelte'
import type { Toasts } from './toasts.svelte'
import { t } from './i18n.svelte'

/** Of the newest changes, for the marks on charts. */
const RECENT = 2000
/** Changes come with every commit; the list is asked for at most this often. */
const EVERY_MS = 300

export class Alerts {
  standing = $state.raw<readonly StandingAlert[]>([])
  /** Newest first. */
  recent = $state.raw<readonly AlertEvent[]>([])
  readonly #periods = $derived(periodsOf(this.recent))
  /** Rules by their pattern, compiled once. */
  readonly #rules = $derived.by(() =>
    (this.session.workspace?.alerts ?? []).filter(({ enabled }) => enabled).map(compiled),
  )
  #asked = false

  constructor(
    private readonly connection: EngineConnection,
    private readonly session: Session,
    private readonly toasts: Toasts,
  ) {
    connection.on('alerts', (events) => {
      this.recent = [...[...events].reverse(), ...this.recent].slice(0, RECENT)
      this.#soon()
    })
    connection.on('workspace', () => this.#soon())
    connection.onOpen(() => void this.load())
  }

  /** What a click on a notification leads to: the chart at the moment. */
  start(desktop: DesktopApi, navigation: Navigation, timeline: Timeline): void {
    desktop.onOpenAlert((place) => showAlert(place, navigation, timeline))
  }

  async load(): Promise<void> {
    const all = { rule: null, series: null, from: null, to: null, before: null, limit: RECENT }
    const [standing, recent] = await Promise.all([
      this.connection.call('standingAlerts', undefined),
      this.connection.call('alertHistory', all),
    ])
    if (standing.ok) this.standing = standing.value
    if (recent.ok) this.recent = recent.value
  }

  async acknowledge({ rule, series, source }: StandingAlert): Promise<void> {
    const outcome = await this.connection.call('acknowledgeAlert', { rule, key: series ?? source })
    if (!outcome.ok) this.toasts.fail(t('toast.notChanged'), outcome.error)
    this.#soon()
  }

  /** @param until null: notifications come again */
  async silence(alerts: readonly StandingAlert[], until: EpochMs | null): Promise<void> {
    for (const { rule, series, source } of alerts) {
      const outcome = await this.connection.call('silenceAlert', { rule, key: series ?? source, until })
      if (!outcome.ok) return this.toasts.fail(t('toast.notChanged'), outcome.error)
    }
    this.#soon()
  }

  /** For the chart of a series between two event times. */
  marksOf(info: SeriesInfo, from: EpochMs, to: EpochMs): AlertMarks {
    const rules = this.#rules.filter(({ rule, matches }) => rule.results === undefined && matches(info))
    const periods = (this.#periods.get(info.id) ?? []).filter((period) => period.to > from && period.from < to)
    return {
      scaled: false,
      thresholds: rules.flatMap(({ rule }) => thresholdsOf(rule, ruleName(rule.id, rule.name))),
      periods: periods.map((period) => ({ ...period, to: Math.min(period.to, to), from: Math.max(period.from, from) })),
    }
  }

  #soon(): void {
    if (this.#asked) return
    this.#asked = true
    setTimeout(() => {
      this.#asked = false
      void this.connection.call('standingAlerts', undefined).then((outcome) => {
        if (outcome.ok) this.standing = outcome.value
      })
    }, EVERY_MS)
  }
}

/** Around the moment at which it began. */
const AROUND_MS = 15 * 60_000

export function showAlert({ series, source, time }: AlertPlace, navigation: Navigation, timeline: Timeline): void {
  if (series === null) return navigation.showDashboard(source)
  navigation.tick(series, true)
  navigation.go('explore')
  timeline.zoom(time - AROUND_MS, time + AROUND_MS)
}

const compiled = (rule: AlertRule) => ({ rule, matches: compilePattern(rule.series) })
