/** An output's state as a word and a tone, and where it goes in one line. Pure. */
import type { OutputConfig } from '../../shared/config/output'
import type { OutputStatus } from '../../shared/ipc/outputs'
import type { EpochMs } from '../../shared/model/time'
import type { StateWord } from './sourceState'
import { addressText } from './sourceKinds'

/** @param status undefined: the engine has not told of it yet */
export function outputWord({ enabled }: OutputConfig, status: OutputStatus | undefined, now: EpochMs): StateWord {
  if (!enabled || status?.state.state === 'disabled') return { tone: 'mute', key: 'state.disabled' }
  if (status === undefined) return { tone: 'mute', key: 'outputs.idle' }
  const { state, waiting, lastDelivery, connected } = status
  if (state.state === 'retrying')
    return { tone: 'warn', key: 'state.retrying', params: { n: Math.max(0, Math.ceil((state.at - now) / 1000)) } }
  if (state.state === 'sending') return { tone: 'accent', key: 'outputs.sending' }
  if (connected !== undefined) return { tone: 'ok', key: 'state.listening', params: { n: connected } }
  if (waiting > 0) return { tone: 'accent', key: 'outputs.gathering' }
  return lastDelivery === null ? { tone: 'mute', key: 'outputs.idle' } : { tone: 'ok', key: 'outputs.upToDate' }
}

/** Where it goes. */
export function outputAddress({ connection }: OutputConfig): string {
  if (connection.kind === 'mail') return connection.to.join(', ')
  const address = addressText(connection)
  return 'topic' in connection ? `${address} · ${connection.topic}` : address
}
