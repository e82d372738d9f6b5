/** What is to be exported: readings of series or results of pipelines, range and form, as the dialog has them. */
import type { ExportQuery } from '../../../shared/ipc/engine'
import { formatDate } from '../../state/format'
import { parseRange } from '../../state/range'
import type { EpochMs } from '../../../shared/model/time'
import type { ResultChoice } from './resultChoice.svelte'

export class ExportChoice {
  which = $state<'visible' | 'choose'>('visible')
  chosen = $state.raw<ReadonlySet<number>>(new Set())
  range = $state<'visible' | 'all' | 'custom'>('visible')
  typed = $state('')
  content = $state<ExportQuery['content']>('raw')
  time = $state<ExportQuery['time']>('iso')

  constructor(
    private readonly visible: () => readonly number[],
    private readonly shown: () => { readonly from: EpochMs; readonly to: EpochMs } | null,
    readonly results: ResultChoice,
  ) {}

  readonly series = $derived.by(() => (this.which === 'visible' ? [...this.visible()] : [...this.chosen]))
  readonly custom = $derived.by(() => {
    const range = parseRange(this.typed, this.shown()?.to ?? Date.now())
    if (range?.kind !== 'live') return range
    const to = this.shown()?.to ?? Date.now()
    return { kind: 'fixed' as const, from: to - range.span, to }
  })
  readonly problem = $derived.by<'nothing' | 'range' | null>(() => {
    const some = this.content === 'raw' ? this.series.length : this.results.results.length
    if (some === 0) return 'nothing'
    return this.range === 'custom' && !this.custom ? 'range' : null
  })

  tick(id: number, on: boolean): void {
    const next = new Set(this.chosen)
    if (on) next.add(id)
    else next.delete(id)
    this.chosen = next
  }

  query(): ExportQuery {
    const bounds = this.range === 'visible' ? this.shown() : this.range === 'custom' ? this.custom : null
    const range = { from: bounds?.from ?? null, to: bounds?.to ?? null, time: this.time }
    return this.content === 'raw'
      ? { content: 'raw', series: this.series, ...range }
      : { content: 'windows', results: this.results.results, ...range }
  }

  fileName(subject: string): string {
    const stem = subject.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '') || 'weir'
    return `${stem}-${this.content === 'raw' ? 'raw' : 'windows'}-${formatDate(Date.now())}.csv`
  }
}
