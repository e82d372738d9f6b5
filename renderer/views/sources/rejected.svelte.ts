/** The rejected records of one source, as its page shows them. */
import type { RejectedKind, RejectedRecord } from '../../../shared/ipc/engine'
import { connection, session, toasts } from '../../state/app.svelte'
import { formatCount } from '../../state/format'
import { i18n, t } from '../../state/i18n.svelte'

/** Ten thousand records may take a while. */
const LONG_MS = 600_000

export class Rejected {
  newest = $state.raw<readonly RejectedRecord[]>([])
  kinds = $state.raw<readonly RejectedKind[]>([])
  busy = $state<'again' | 'export' | 'discard' | null>(null)
  /** Of all that were ever rejected, and are not decoded by now or discarded. */
  readonly count = $derived(this.kinds.reduce((sum, kind) => sum + kind.records, 0))

  constructor(private readonly id: string) {}

  async load(): Promise<void> {
    const { id } = this
    const [newest, kinds] = await Promise.all([
      connection.call('rejected', { id }),
      connection.call('rejectedKinds', { id }),
    ])
    if (newest.ok) this.newest = newest.value
    if (kinds.ok) this.kinds = kinds.value
  }

  async again(): Promise<void> {
    this.busy = 'again'
    const outcome = await connection.call('decodeRejected', { id: this.id }, LONG_MS)
    this.busy = null
    if (!outcome.ok) return toasts.fail(t('rejected.againFailed'), outcome.error)
    const [decoded, rejected] = [outcome.value.decoded, outcome.value.rejected].map((n) =>
      formatCount(n, i18n.language),
    )
    toasts.say(t('rejected.againDone', { decoded: decoded ?? '', rejected: rejected ?? '' }))
    await this.load()
  }

  /** Times without a zone are read as those of this one from now on. @returns false where it could not be saved */
  async setZone(zone: string): Promise<boolean> {
    const source = session.source(this.id)
    if (source === undefined) return false
    const changed = { ...source, time: { ...source.time, zone } }
    const saved = await connection.call('saveSource', {
      source: changed,
      windowSize: session.windowOf(this.id) ?? '1m',
    })
    if (!saved.ok) toasts.fail(t('toast.notChanged'), saved.error)
    return saved.ok
  }

  async export(): Promise<void> {
    this.busy = 'export'
    const outcome = await window.weir.exportRejected(this.id, `${this.id}-rejected.ndjson`)
    this.busy = null
    if (!outcome.ok) return toasts.fail(t('rejected.exportFailed'), outcome.error)
    if (outcome.value === null) return
    const { records, path } = outcome.value
    toasts.say(t('rejected.exported', { n: formatCount(records, i18n.language), path }))
  }

  async discard(): Promise<void> {
    this.busy = 'discard'
    const outcome = await connection.call('discardRejected', { id: this.id }, LONG_MS)
    this.busy = null
    if (!outcome.ok) return toasts.fail(t('rejected.discardFailed'), outcome.error)
    await this.load()
  }
}
