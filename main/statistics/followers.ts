/** Figures along a series by their names. */
import type { Follower } from '../contracts'
import type { FollowingReduction } from '../../shared/config/alert'
import { durationMs } from '../../shared/config/duration'
import { AnomalyScore } from './anomaly/anomaly-score'
import { ForecastError } from './forecast/forecast-error'

/**
 * Fresh, and of one series. An anomaly score lies in [0, 1] and has no unit; a forecast error counts usual errors of the
 * forecast. Sources: AnomalyScore, ForecastError.
 * @throws Error where the season is no duration
 */
export function createFollower(of: FollowingReduction): Follower {
  if (of.statistic === 'anomaly') return new AnomalyScore()
  return new ForecastError(of.season === undefined ? null : durationMs(of.season))
}
