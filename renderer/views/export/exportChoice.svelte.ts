/** What is to be exported: readings of series or results of pipelines, range and form, as the dialog has them. */
import { parseDuration } from '../../../shared/model/time'
import { aggregateName } from '../../../shared/config/pipeline'
import type { ExportInput } from '../../../shared/ipc/export'
import { formatDate } from '../../state/format'
import { parseRange } from '../../state/range'
import type { EpochMs } from '../../../shared/model/time'
import { FormatChoice } from './formatChoice.svelte'
import type { ResultChoice } from './resultChoice.svelte'

export class ExportChoice {
  which = $state<'visible' | 'choose'>('visible')
  chosen = $state.raw<ReadonlySet<number>>(new Set())
  range = $state<'visible' | 'all' | 'custom'>('visible')
  typed = $state('')
  content = $state<ExportInput['content']>('raw')
  aggregated = $state(false)
  every = $state('1m')
  statistics = $state('mean, min, max')
  layout = $state<'long' | 'wide'>('long')
  readonly format = new FormatChoice()

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
  readonly #names = $derived(this.statistics.split(/[\s,]+/).filter((name) => name !== ''))
  readonly bucketsWrong = $derived.by(() => {
    const known = this.#names.length > 0 && this.#names.every((name) => aggregateName.safeParse(name).success)
    return this.aggregated && (!known || (parseDuration(this.every) ?? 0) < 1)
  })
  readonly problem = $derived.by<'nothing' | 'range' | 'form' | null>(() => {
    const some = this.content === 'raw' ? this.series.length : this.results.results.length
    if (some === 0) return 'nothing'
    if (this.range === 'custom' && !this.custom) return 'range'
    return this.format.value === null || (this.content === 'raw' && this.bucketsWrong) ? 'form' : null
  })

  tick(id: number, on: boolean): void {
    const next = new Set(this.chosen)
    if (on) next.add(id)
    else next.delete(id)
    this.chosen = next
  }

  /** Null while something is wrong. */
  query(): ExportInput | null {
    const format = this.format.value
    if (this.problem !== null || format === null) return null
    const bounds = this.range === 'visible' ? this.shown() : this.range === 'custom' ? this.custom : null
    const range = { from: bounds?.from ?? null, to: bounds?.to ?? null, format }
    return this.content === 'raw'
      ? {
          content: 'raw',
          series: this.series,
          layout: this.layout,
          ...(this.aggregated ? { buckets: { every: this.every.trim(), statistics: this.#names } } : {}),
          ...range,
        }
      : { content: 'windows', results: this.results.results, ...range }
  }

  fileName(subject: string): string {
    const stem = subject.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '') || 'weir'
    return `${stem}-${this.content === 'raw' ? 'raw' : 'windows'}-${formatDate(Date.now())}.${this.format.kind}`
  }
}
