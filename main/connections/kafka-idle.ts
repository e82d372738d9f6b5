/**
 * Keeps an idle kafkajs from burning 5% of a core: 2.2.4 looks for queued requests every millisecond on every
 * connection, also where nothing is queued (`scheduleCheckPendingRequests`, with a wait below zero). A look is needed
 * only where something waits; whoever queues a request asks for the look anew.
 */
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'

/** To be called before the first client. */
export function stopIdleTimers(): void {
  const { prototype } = RequestQueue
  if (QUIET in prototype) return
  const schedule = prototype.scheduleCheckPendingRequests
  Object.assign(prototype, {
    [QUIET]: true,
    scheduleCheckPendingRequests(this: RequestQueue) {
      if (this.pending.length > 0) schedule.call(this)
    },
  })
}

const QUIET = Symbol('looks for queued requests only where there are any')
