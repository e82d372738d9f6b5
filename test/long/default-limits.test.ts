import { describe, it } from 'vitest'
import { losesNothing } from '../integration/support/default-limits'

describe('mosquitto with its default limits, QoS 1, 5,000 msg/s for 60 s', () => {
  it('loses nothing over MQTT 3.1.1', () => losesNothing('3.1.1', 5000, 60))
  it('loses nothing over MQTT 5', () => losesNothing('5.0', 5000, 60))
})
