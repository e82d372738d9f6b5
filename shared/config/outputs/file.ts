/** Settings of a file output. Labels and help of the form are translations under `form.fileOut.*`. */
import { z } from 'zod'
import '../field'

export const fileOutput = z.strictObject({
  kind: z.literal('file'),
  path: z
    .string()
    .min(1)
    .meta({ form: { code: true, placeholder: '/data/results.ndjson' } })
    .describe('The file; what is new is added at its end. Its folder must be there.'),
  format: z
    .enum(['ndjson', 'csv'])
    .default('ndjson')
    .describe(
      'ndjson: a JSON object a line. csv: a row for each statistic of a result, or for each change of an alert.',
    ),
  rotateAt: z
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('MB: a longer file is renamed to .1, the one before to .2, and a new one begun.'),
  keep: z.int().min(1).max(1000).default(10).describe('So many renamed files are kept; the oldest goes.'),
})
export type FileOutput = z.infer<typeof fileOutput>
