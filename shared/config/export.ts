/** How an export is written: one set of options for the dialog and the command line. */
import { z } from 'zod'

export const DELIMITERS = [',', ';', '\t'] as const

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const csv = z.strictObject({
  kind: z.literal('csv'),
  /** ISO 8601, milliseconds since 1970, or a column of each. */
  time: z.enum(['iso', 'epoch', 'both']).default('iso'),
  /** Of ISO 8601; every time carries its offset. */
  zone: z.string().refine(isZone, 'is not a time zone such as Europe/Berlin').default('UTC'),
  /** Without it: a comma, or a semicolon with decimal commas. */
  delimiter: z.enum(DELIMITERS).optional(),
  decimalComma: z.boolean().default(false),
  /** A byte order mark, by which spreadsheets know UTF-8. */
  bom: z.boolean().default(false),
  /** Long: a column of its own; wide: in the header. */
  unit: z.boolean().default(true),
  /** Text cells that a spreadsheet would run as a formula get a leading quote. */
  guard: z.boolean().default(true),
})

/** Times and values of a Parquet file have types, so that nothing else is to be chosen. */
const parquet = z.strictObject({ kind: z.literal('parquet') })

export const exportFormat = z.discriminatedUnion('kind', [csv, parquet]).superRefine((format, context) => {
  if (format.kind === 'csv' && format.decimalComma && format.delimiter === ',')
    context.addIssue({
      code: 'custom',
      path: ['delimiter'],
      message: 'cannot be a comma where numbers have decimal commas',
    })
})
export type ExportFormat = z.infer<typeof exportFormat>
export type CsvFormat = z.infer<typeof csv>

export const delimiterOf = ({ delimiter, decimalComma }: CsvFormat): string => delimiter ?? (decimalComma ? ';' : ',')
