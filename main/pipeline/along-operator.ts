/** A figure along each series as an operator: the clocks, lateness and silence of windows, with figures as state. */
import type { KeySpace, WindowOperator } from '../contracts'
import type { Along } from '../../shared/config/along'
import { clockSettings } from '../../shared/config/pipeline'
import type { Pipeline } from '../../shared/config/pipeline'
import { createAlong } from '../statistics'
import { AlongSeries } from '../transforms'
import { createKeyedOperator } from '../windows'
import type { WindowOptions } from '../windows'
import type { Derive } from './operator-chain'

/** Every series has a figure of its own, and what is derived is of the same series. */
export function createAlongOperator(
  { id, time }: Pick<Pipeline, 'id' | 'time'>,
  along: Along,
  keys: KeySpace,
  options: WindowOptions,
  derive: Derive,
): WindowOperator {
  const definition = JSON.stringify({ along, time: clockSettings(time) })
  return createKeyedOperator(
    { id, time, groupBy: [], definition },
    keys,
    options,
    (context) =>
      new AlongSeries(
        { create: () => createAlong(along), became: (key, at, value) => derive.sample(key, at, value) },
        context,
      ),
  )
}
