/** How the bytes of a record become samples. */
import { z } from 'zod'
import { duration } from './duration'

const field = z.strictObject({
  /** Path in the record: `temperature`, `motor.current`, `sensors[0].temp`; a column's name in CSV. */
  path: z.string().min(1),
  unit: z.string().optional(),
  display: z.string().optional(),
})

export const decoding = z.strictObject({
  format: z.enum(['json', 'number', 'csv']).default('json'),
  /** `all`: every numeric field found, except the time field. */
  fields: z.union([z.literal('all'), z.array(field)]).default('all'),
  /** Labels from the topic: `plant/{device}/telemetry` makes the second level the label `device`. */
  topicTemplate: z.string().optional(),
  /** CSV: names of the columns in their order, as found when the source was saved; a line of just these is the header. */
  columns: z.array(z.string()).optional(),
  delimiter: z.enum([',', ';', '\t']).default(','),
})
export type Decoding = z.infer<typeof decoding>

export const eventTime = z.strictObject({
  /** Path of the time in the record; without it the broker's time, else the arrival time. */
  field: z.string().min(1).optional(),
  /** Of an epoch number; `iso` for ISO 8601 and `YYYY-MM-DD hh:mm:ss` texts. Fixed when the source is saved. */
  format: z.enum(['s', 'ms', 'us', 'ns', 'iso']).default('ms'),
  /** IANA zone of a time text without one. */
  zone: z.string().default('UTC'),
  /** A live event further ahead of its arrival than this is rejected as `future`. */
  maxAhead: duration().default('1h'),
})
export type EventTime = z.infer<typeof eventTime>
