/** A source's state, and that of its series, as a word and a tone. */
import type { SeriesFrame, SourceState } from '../../shared/ipc/engine'
import type { EpochMs } from '../../shared/model/time'
import type { Tone } from '../ui/tone'
import { formatElapsed } from './format'
import type { TranslationKey, TranslationParams } from './i18n.svelte'
import { reasonText } from './reasons'

export interface StateWord {
  readonly tone: Tone
  readonly key: TranslationKey
  readonly params?: TranslationParams
}

export const NOT_LIVE: StateWord = { tone: 'mute', key: 'state.notLive' }

export function sourceWord(state: SourceState | undefined, now: EpochMs): StateWord {
  switch (state?.state) {
    case 'live':
      return state.connections === undefined
        ? { tone: 'ok', key: 'state.live' }
        : { tone: 'ok', key: 'state.listening', params: { n: state.connections } }
    case 'catching-up':
      return { tone: 'accent', key: 'state.catchingUp' }
    case 'retrying':
      return { tone: 'warn', key: 'state.retrying', params: { n: Math.max(0, Math.ceil((state.at - now) / 1000)) } }
    case 'refused':
      return { tone: 'crit', key: 'state.refused', params: { reason: reasonText(state.reason) } }
    case 'failed':
      return { tone: 'crit', key: 'state.failed', params: { reason: reasonText(state.reason) } }
    case 'disabled':
      return { tone: 'mute', key: 'state.disabled' }
    case 'finished':
      return { tone: 'mute', key: 'state.finished' }
    default:
      return { tone: 'accent', key: 'state.connecting' }
  }
}

export interface SeriesCondition extends StateWord {
  /** `none`: nothing is known or the sensor is silent; `old`: a last value that is not live; else `live`, as drawn. */
  readonly value: 'live' | 'old' | 'none'
}

export interface SeriesCircumstances {
  readonly source: SourceState | undefined
  /** False while the engine is down: what is shown is the last that came. */
  readonly engineLive: boolean
  /** The view stands still; what is drawn is of its range and says nothing of now. */
  readonly paused: boolean
  readonly now: EpochMs
}

export function seriesCondition(
  frame: SeriesFrame | undefined,
  { source, engineLive, paused, now }: SeriesCircumstances,
): SeriesCondition {
  const known = frame !== undefined && frame.last !== null
  if (paused) return { tone: 'mute', key: 'state.paused', value: known ? 'live' : 'none' }
  if (!engineLive) return { ...NOT_LIVE, value: known ? 'old' : 'none' }
  const collecting = source?.state === 'live' || source?.state === 'catching-up'
  if (!collecting)
    return {
      ...shortWord(sourceWord(source, now)),
      value: !known ? 'none' : source?.state === 'finished' ? 'live' : 'old',
    }
  if (!frame || !frame.last) return { tone: 'mute', key: 'state.noData', value: 'none' }
  if (!frame.stale || source?.state === 'catching-up') return { ...sourceWord(source, now), value: 'live' }
  return { tone: 'mute', key: 'state.silent', params: { time: formatElapsed(now - frame.last.arrival) }, value: 'none' }
}

/** The chip of a tile has room for a word, not for a reason. */
export function shortWord(word: StateWord): StateWord {
  if (word.key === 'state.refused') return { tone: word.tone, key: 'state.refusedShort' }
  return word.key === 'state.failed' ? { tone: word.tone, key: 'state.failedShort' } : word
}
