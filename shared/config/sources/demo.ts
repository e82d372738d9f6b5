/** Settings of the built-in demo: simulated sensors on an embedded broker, received over MQTT like any others. */
import { z } from 'zod'
import { duration } from '../duration'

export const demoConnection = z.strictObject({
  kind: z.literal('demo'),
  backlog: duration().default('24h').describe('How much history the demo publishes before it goes live.'),
})
export type DemoConnection = z.infer<typeof demoConnection>
