/** Settings of a file source: CSV, TSV or NDJSON, followed as it grows or replayed. */
import { z } from 'zod'
import '../field'

export const fileConnection = z.strictObject({
  kind: z.literal('file'),
  path: z
    .string()
    .min(1)
    .meta({ form: { code: true, file: true } })
    .describe('The file; where it was read to is kept, also over a restart.'),
  format: z.enum(['csv', 'tsv', 'ndjson']).describe('One record a line: separated columns, or a JSON object.'),
  mode: z
    .enum(['replay', 'follow'])
    .default('replay')
    .describe('replay: from its beginning to its end, once. follow: also what is added, through rotation.'),
  speed: z
    .enum(['1x', '10x', '100x', 'max'])
    .default('max')
    .describe('Replay: how fast the time of the records passes; max: as fast as they can be read.'),
  from: z
    .enum(['start', 'end'])
    .default('start')
    .describe('Follow: where the first reading begins; from the end, only what is added later is read.'),
})
export type FileConnection = z.infer<typeof fileConnection>
