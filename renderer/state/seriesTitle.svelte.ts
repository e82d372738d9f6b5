/** The name of a series in the language of the window: the demo's sensors have translated names. */
import type { SeriesInfo } from '../../shared/model/series'
import { labelPath, seriesTitle } from './seriesName'
import { tryTranslate } from './i18n.svelte'
import { session } from './app.svelte'

export function titleOf(info: SeriesInfo): string {
  if (session.source(info.source)?.connection.kind !== 'demo') return seriesTitle(info)
  return tryTranslate(['demo', ...labelPath(info), info.name].join('.')) ?? seriesTitle(info)
}
