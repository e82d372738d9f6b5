/** The state of a key's results, from what the window knows now. */
import { rootSource } from '../../../shared/config/workspace'
import { session, timeline } from '../../state/app.svelte'
import type { FrameHub } from '../../state/frames.svelte'
import type { SeriesCondition } from '../../state/sourceState'
import { resultCondition } from './results'
import type { ShownResult } from './results'

export function conditionOf({ pipeline, statistic, info }: ShownResult, hub: FrameHub): SeriesCondition {
  const all = session.workspace?.pipelines ?? []
  return resultCondition(hub.resultFrame({ pipeline: pipeline.id, statistic }, info.id), {
    pipeline,
    all,
    source: session.sourceStatus.get(rootSource(pipeline, all) ?? '')?.state,
    engineLive: session.live,
    paused: !timeline.live,
    now: session.now,
    to: hub.axis?.to ?? session.now,
  })
}
