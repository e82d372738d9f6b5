/** The workspace: everything a user has set up, in one JSON file without secrets. */
import { z } from 'zod'
import { DERIVED_SOURCE } from '../model/series'
import { alertRule, sourceDown } from './alert'
import { decoding, eventTime } from './decoding'
import { duration } from './duration'
import { output } from './output'
import { pipeline } from './pipeline'
import type { Pipeline } from './pipeline'
import { quality } from './quality'
import { demoConnection } from './sources/demo'
import { fileConnection } from './sources/file'
import { kafkaConnection } from './sources/kafka'
import { mqttConnection } from './sources/mqtt'
import { retention } from './retention'
import { tcpConnection } from './sources/tcp'
import { udpConnection } from './sources/udp'
import { websocketConnection } from './sources/websocket'
import { mysqlConnection, postgresConnection, sqliteConnection } from './sources/sql'

// The renderer's content policy forbids code from strings, which the schema library would use to go faster.
z.config({ jitless: true })

export const source = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .describe('Stays the same for ever: stored readings belong to it.'),
  name: z.string().min(1).describe('Shown to people; may change.'),
  enabled: z.boolean().default(true).describe('Whether it is received.'),
  connection: z
    .discriminatedUnion('kind', [
      mqttConnection,
      kafkaConnection,
      tcpConnection,
      websocketConnection,
      udpConnection,
      fileConnection,
      sqliteConnection,
      postgresConnection,
      mysqlConnection,
      demoConnection,
    ])
    .describe('Where the records come from.'),
  decoding: decoding.prefault({}).describe('How the bytes of a record become readings.'),
  time: eventTime.prefault({}).describe('When a reading was taken.'),
  quality: quality.prefault({}).describe('What a reading must be like.'),
  keepSamples: z
    .enum(['disk', 'memory'])
    .default('disk')
    .describe('Where readings are kept; in memory: until the end. Window results are stored anyway.'),
  memoryFor: duration(1000)
    .default('1h')
    .describe('In memory: how long readings stay after they arrived; at most the newest 500,000 do.'),
})
export type SourceConfig = z.infer<typeof source>
export type SourceInput = z.input<typeof source>

export const workspace = z
  .strictObject({
    $schema: z.string().optional().describe('For editors: where the schema of this file is.'),
    version: z.literal(1),
    sources: z.array(source).default([]).describe('Where readings come from.'),
    pipelines: z.array(pipeline).default([]).describe('What is computed of them.'),
    alerts: z.array(alertRule).default([]).describe('What people are warned of.'),
    sourceDown: sourceDown.prefault({}).describe('The alert that every source has.'),
    outputs: z.array(output).default([]).describe('Where results and alerts go.'),
    retention: retention.prefault({}).describe('How long readings and results are kept.'),
  })
  .superRefine((value, context) => {
    const ids = new Set<string>()
    value.sources.forEach((entry, index) => {
      if (ids.has(entry.id))
        context.addIssue({ code: 'custom', path: ['sources', index, 'id'], message: `is used twice: ${entry.id}` })
      if (entry.id === DERIVED_SOURCE)
        context.addIssue({ code: 'custom', path: ['sources', index, 'id'], message: `is reserved: ${entry.id}` })
      ids.add(entry.id)
    })
    const names = new Set<string>()
    value.pipelines.forEach((entry, index) => {
      if (names.has(entry.id))
        context.addIssue({ code: 'custom', path: ['pipelines', index, 'id'], message: `is used twice: ${entry.id}` })
      names.add(entry.id)
      for (const issue of inputIssues(entry, ids, value.pipelines))
        context.addIssue({ code: 'custom', path: ['pipelines', index, issue.field], message: issue.message })
    })
    const rules = new Set<string>()
    value.alerts.forEach((entry, index) => {
      if (rules.has(entry.id))
        context.addIssue({ code: 'custom', path: ['alerts', index, 'id'], message: `is used twice: ${entry.id}` })
      rules.add(entry.id)
    })
    const outputs = new Set<string>()
    value.outputs.forEach((entry, index) => {
      if (outputs.has(entry.id))
        context.addIssue({ code: 'custom', path: ['outputs', index, 'id'], message: `is used twice: ${entry.id}` })
      outputs.add(entry.id)
      for (const id of entry.pipelines)
        if (!names.has(id))
          context.addIssue({
            code: 'custom',
            path: ['outputs', index, 'pipelines'],
            message: `names no pipeline: ${id}`,
          })
    })
  })
export type Workspace = z.infer<typeof workspace>

/** What is wrong with where a pipeline takes its samples from. */
export function inputIssues(
  { id, source, upstream }: Pipeline,
  sources: ReadonlySet<string>,
  pipelines: readonly Pipeline[],
): { readonly field: 'source' | 'upstream'; readonly message: string }[] {
  if ((source === undefined) === (upstream === undefined))
    return [{ field: 'source', message: 'give either source or upstream' }]
  if (source !== undefined)
    return sources.has(source) ? [] : [{ field: 'source', message: `names no source: ${source}` }]
  const seen = new Set([id])
  for (let next = upstream; next !== undefined;) {
    const { pipeline, statistic } = next
    if (seen.has(pipeline)) return [{ field: 'upstream', message: `leads back to itself: ${pipeline}` }]
    seen.add(pipeline)
    const feeder = pipelines.find((entry) => entry.id === pipeline)
    if (feeder === undefined) return [{ field: 'upstream', message: `names no pipeline: ${pipeline}` }]
    if (next === upstream && !feeder.aggregates.includes(statistic))
      return [{ field: 'upstream', message: `${pipeline} does not keep ${statistic}` }]
    next = feeder.upstream
  }
  return []
}

/** The source whose readings reach a pipeline, also by way of others. Undefined where the chain is broken. */
export function rootSource(entry: Pipeline, pipelines: readonly Pipeline[]): string | undefined {
  let at: Pipeline | undefined = entry
  for (let steps = 0; at !== undefined && steps <= pipelines.length; steps++) {
    if (at.source !== undefined) return at.source
    const feeder: string | undefined = at.upstream?.pipeline
    at = pipelines.find(({ id }) => id === feeder)
  }
  return undefined
}

export const emptyWorkspace = (): Workspace => workspace.parse({ version: 1 })

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
