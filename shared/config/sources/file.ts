/** Settings of a file source: a CSV, TSV or NDJSON file, read once from its beginning, from where it stopped. */
import { z } from 'zod'
import '../field'

export const fileConnection = z.strictObject({
  kind: z.literal('file'),
  path: z
    .string()
    .min(1)
    .meta({ form: { code: true, file: true } })
    .describe('The file, read from its beginning or from where it was read to.'),
  format: z.enum(['csv', 'tsv', 'ndjson']).describe('One record a line: separated columns, or a JSON object.'),
})
export type FileConnection = z.infer<typeof fileConnection>
