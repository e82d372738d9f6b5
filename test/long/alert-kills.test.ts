/** The full form of the kills of `test/integration/alerts.test.ts`. */
import { describe, it } from 'vitest'
import { alertsOutlive } from '../integration/support/alert-kills'

describe('alert rules of an engine that is killed 50 times at random', () => {
  it('store and tell every change once: those that a backtest finds', { timeout: 600_000 }, () => alertsOutlive(50))
})
