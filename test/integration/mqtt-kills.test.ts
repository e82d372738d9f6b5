/** SIGKILL of an engine that receives at QoS 1: nothing is missing, nothing counts twice, real repetitions are kept. */
import { describe, it } from 'vitest'
import { mosquittoMissing } from './support/mosquitto'
import { survivesMqttKills } from './support/mqtt-kills'

describe.skipIf(mosquittoMissing)('an engine that is killed while it receives over MQTT', () => {
  for (const protocol of ['3.1.1', '5.0'] as const)
    it(`stores every reading exactly once over 4 kills, ${protocol} (20 in test:long)`, () =>
      survivesMqttKills({ protocol, readings: 30_000, perSecond: 4_000, kills: 4 }))
})
