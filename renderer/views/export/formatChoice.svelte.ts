/** How the file is written, as the dialog has it. */
import { exportFormat } from '../../../shared/config/export'
import type { CsvFormat, ExportFormat } from '../../../shared/config/export'

const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t' } as const

export class FormatChoice {
  kind = $state<ExportFormat['kind']>('csv')
  time = $state<CsvFormat['time']>('iso')
  zone = $state('UTC')
  decimalComma = $state(false)
  delimiterName = $state<keyof typeof DELIMITERS>('comma')
  bom = $state(false)
  unit = $state(true)
  guard = $state(true)

  readonly value = $derived.by<ExportFormat | null>(() => {
    const { time, decimalComma, bom, unit, guard } = this
    const csv = { time, zone: this.zone.trim() || 'UTC', decimalComma, bom, unit, guard }
    const wanted = { kind: 'csv', ...csv, delimiter: DELIMITERS[this.delimiterName] }
    return exportFormat.safeParse(this.kind === 'csv' ? wanted : { kind: 'parquet' }).data ?? null
  })
  /** The other controls offer nothing that could be wrong. */
  readonly zoneKnown = $derived.by(() => this.value !== null)

  /** A comma cannot be both. */
  setDecimalComma(on: boolean): void {
    this.decimalComma = on
    if (on && this.delimiterName === 'comma') this.delimiterName = 'semicolon'
    else if (!on && this.delimiterName === 'semicolon') this.delimiterName = 'comma'
  }

  setDelimiter(name: keyof typeof DELIMITERS): void {
    this.delimiterName = name
  }
}
