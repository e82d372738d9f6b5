/** The workspace: everything a user has set up, in one JSON file without secrets. */
import { z } from 'zod'
import { decoding, eventTime } from './decoding'
import { pipeline } from './pipeline'
import { demoConnection } from './sources/demo'
import { fileConnection } from './sources/file'
import { mqttConnection } from './sources/mqtt'

// The renderer's content policy forbids code from strings, which the schema library would use to go faster.
z.config({ jitless: true })

export const source = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  name: z.string().min(1),
  enabled: z.boolean().default(true),
  connection: z.discriminatedUnion('kind', [mqttConnection, fileConnection, demoConnection]),
  decoding: decoding.prefault({}),
  time: eventTime.prefault({}),
})
export type SourceConfig = z.infer<typeof source>
export type SourceInput = z.input<typeof source>

export const workspace = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1),
    sources: z.array(source).default([]),
    pipelines: z.array(pipeline).default([]),
  })
  .superRefine((value, context) => {
    const ids = new Set<string>()
    value.sources.forEach((entry, index) => {
      if (ids.has(entry.id))
        context.addIssue({ code: 'custom', path: ['sources', index, 'id'], message: `is used twice: ${entry.id}` })
      ids.add(entry.id)
    })
    value.pipelines.forEach((entry, index) => {
      if (!ids.has(entry.source))
        context.addIssue({
          code: 'custom',
          path: ['pipelines', index, 'source'],
          message: `names no source: ${entry.source}`,
        })
    })
  })
export type Workspace = z.infer<typeof workspace>

export const emptyWorkspace = (): Workspace => ({ version: 1, sources: [], pipelines: [] })

/** One line a person can act on: `sources[0].connection.url: must start with …`. */
export function describeIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `${formatPath(issue.path) || 'file'}: ${issue.message}`).join('; ')
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')
}
