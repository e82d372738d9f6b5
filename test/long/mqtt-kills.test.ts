import { describe, it } from 'vitest'
import { mosquittoMissing } from '../integration/support/mosquitto'
import { survivesMqttKills } from '../integration/support/mqtt-kills'

describe.skipIf(mosquittoMissing)('an engine that is killed while it receives 200,000 readings over MQTT', () => {
  for (const protocol of ['3.1.1', '5.0'] as const)
    it(`stores every one exactly once over 20 kills, ${protocol}`, () =>
      survivesMqttKills({ protocol, readings: 200_000, perSecond: 4_000, kills: 20 }))
})
