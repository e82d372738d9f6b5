/** An output is declarative: where results and alerts go once they are stored, and which of them. */
import { z } from 'zod'
import './field'
import { duration } from './duration'
import { fileOutput } from './outputs/file'
import { kafkaOutput } from './outputs/kafka'
import { mailOutput } from './outputs/mail'
import { mqttOutput } from './outputs/mqtt'
import { mysqlOutput, postgresOutput } from './outputs/sql'
import { tcpOutput, websocketOutput } from './outputs/stream'
import { webhookOutput } from './outputs/webhook'

export const output = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/)
      .describe('Stays the same for ever: what waits belongs to it, and rules name it.'),
    name: z.string().min(1).describe('Shown to people; may change.'),
    enabled: z.boolean().default(true).describe('Off: it takes nothing, and what waits stays.'),
    connection: z
      .discriminatedUnion('kind', [
        mqttOutput,
        kafkaOutput,
        webhookOutput,
        mailOutput,
        fileOutput,
        tcpOutput,
        websocketOutput,
        postgresOutput,
        mysqlOutput,
      ])
      .describe('Where it goes.'),
    pipelines: z.array(z.string().min(1)).default([]).describe('The ids of the pipelines whose results it takes.'),
    alerts: z.enum(['named', 'all']).default('named').describe('named: of the rules that name it. all: of all rules.'),
    groupFor: duration()
      .default('5s')
      .describe('For people: alerts that come within this time are one message with a list.'),
    atMostEvery: duration()
      .default('1m')
      .describe('For people: of one rule not more than one message in this time; what comes meanwhile is in the next.'),
  })
  .superRefine(({ connection, pipelines }, context) => {
    if (pipelines.length > 0 && isForPeople(connection) && !takesResults(connection))
      context.addIssue({ code: 'custom', path: ['pipelines'], message: 'must be empty: this kind takes alerts only' })
  })
export type OutputConfig = z.infer<typeof output>
export type OutputInput = z.input<typeof output>

/** People read it: alerts are grouped, limited and put into words. Others get every change of an alert by itself. */
export const isForPeople = ({ kind }: { readonly kind: string }): boolean => kind === 'mail' || kind === 'webhook'

/** @param connection without a preset: the one that a webhook has by itself */
export const takesResults = ({
  kind,
  preset = 'plain',
}: {
  readonly kind: string
  readonly preset?: string
}): boolean => (kind === 'webhook' ? preset === 'plain' : kind !== 'mail')

/** The secrets of an output stand beside those of the sources; no source has such an id. */
export const outputSecrets = (id: string): string => `output:${id}`
