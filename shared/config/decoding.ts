/** How the bytes of a record become samples. */
import { z } from 'zod'
import { duration } from './duration'
import './field'

const ofFormat = (...is: string[]) => [{ field: 'format', is }]

const field = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe(
      'Path in the record: temperature, motor.current, sensors[0].temp, sensors[*].temp (every element); the name of a column in CSV.',
    ),
  unit: z.string().optional().describe('Shown behind the numbers.'),
  display: z.string().optional().describe('Shown instead of the path.'),
})

const label = z.strictObject({
  name: z.string().min(1).describe('Name of the label, such as device.'),
  path: z
    .string()
    .min(1)
    .describe(
      'Where its value stands: id, sensors[*].id (labels what stands in the same element), sensors.*~ (the name of the member); the name of a column in CSV.',
    ),
})

const binaryField = z.strictObject({
  name: z.string().min(1).describe('Name of the series; that of the time may be the time field.'),
  at: z.int().min(0).describe('Position of its first byte, from 0.'),
  type: z
    .enum(['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'u64', 'i64', 'f32', 'f64'])
    .describe('u: unsigned integer, i: signed (two’s complement), f: floating point (IEEE 754), each with its bits.'),
  endian: z
    .enum(['little', 'big'])
    .default('little')
    .describe('Which byte comes first: the least (little) or the most significant (big).'),
  scale: z.number().default(1).describe('The number is multiplied by this.'),
  add: z.number().default(0).describe('Then this is added.'),
  gap: z.number().optional().describe('A raw number that stands for no reading, such as -32768.'),
})

const binaryLayout = z.strictObject({
  length: z
    .int()
    .min(1)
    .optional()
    .describe('Bytes of a record, others are rejected; without it a record ends with its last field.'),
  fields: z.array(binaryField).min(1).describe('What stands where in a record.'),
})
export type BinaryLayout = z.infer<typeof binaryLayout>

export const decoding = z.strictObject({
  format: z
    .enum(['json', 'number', 'csv', 'influx', 'messagepack', 'cbor', 'sparkplug', 'binary'])
    .default('json')
    .describe(
      'number: the whole payload is one number; influx: line protocol, with series measurement.field; sparkplug: Sparkplug B, with labels group, node and device; binary: a fixed layout. Integers beyond 2^53 lose digits.',
    ),
  fields: z
    .union([z.literal('all'), z.array(field)])
    .default('all')
    .describe('What becomes a series; all: every numeric field, except that of the time.'),
  labels: z
    .array(label)
    .optional()
    .meta({ form: { when: ofFormat('json', 'messagepack', 'cbor', 'csv') } })
    .describe(
      'Labels from the record itself: series of one name are told apart by them (JSON, MessagePack, CBOR, CSV).',
    ),
  booleans: z
    .boolean()
    .optional()
    .meta({ form: { when: ofFormat('json', 'messagepack', 'cbor', 'influx', 'sparkplug') } })
    .describe('true and false become 1 and 0; without it they are not readings.'),
  topicTemplate: z
    .string()
    .optional()
    .meta({ form: { code: true, placeholder: 'plant/{device}/telemetry' } })
    .describe('Labels from the topic: plant/{device}/telemetry makes the second level the label device.'),
  columns: z
    .array(z.string())
    .optional()
    .meta({ form: { code: true, when: ofFormat('csv') } })
    .describe('CSV: names of the columns in their order; a line of just these is the header.'),
  delimiter: z
    .enum([',', ';', '\t'])
    .default(',')
    .meta({ form: { when: ofFormat('csv') } })
    .describe('CSV: what stands between two columns.'),
  precision: z
    .enum(['s', 'ms', 'us', 'ns'])
    .optional()
    .meta({ form: { when: ofFormat('influx') } })
    .describe('Line protocol: unit of its timestamps; ns where nothing is said.'),
  layout: binaryLayout
    .optional()
    .meta({ form: { when: ofFormat('binary') } })
    .describe('Fixed layout: where each number stands.'),
})
export type Decoding = z.infer<typeof decoding>

export const eventTime = z.strictObject({
  field: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Path of the time in the record; without it the broker's time counts, else the arrival. Line protocol and Sparkplug B carry their own.",
    ),
  format: z
    .enum(['s', 'ms', 'us', 'ns', 'iso'])
    .default('ms')
    .describe('Unit of an epoch number; iso for texts such as 2014-02-07 06:00:00.'),
  zone: z.string().default('UTC').describe('IANA name of the zone of a time text that has none.'),
  maxAhead: duration().default('1h').describe('A live event further ahead of its arrival is rejected.'),
})
export type EventTime = z.infer<typeof eventTime>
