/** The engine's end of a window's port: every call is parsed against the contract before anything happens. */
import { engineParams } from '../../shared/ipc/engine'
import type { EngineMethod, EngineValues } from '../../shared/ipc/engine'
import type { AlertValues } from '../../shared/ipc/alerts'
import type { OutputValues } from '../../shared/ipc/outputs'
import type { CallError, Outcome, Port, Reply } from '../../shared/ipc/rpc'
import { describeIssues } from '../../shared/config/workspace'
import { z } from 'zod'
import type { Engine } from './engine'
import { storageReport } from './storage'
import { sampleOf } from './export/export'
import { inspectImport } from './import/inspect'
import type { RawRecord } from '../contracts'
import { previewDecoding } from '../pipeline/decode-preview'
import type { TailClient } from './tails'
import type { ViewClient } from './views'

const request = z.object({ id: z.number(), method: z.string(), params: z.unknown().optional() })

type Handlers = {
  [M in EngineMethod]: (params: z.output<(typeof engineParams)[M]>) => EngineValues[M] | Promise<EngineValues[M]>
}

/** Serves one window until its port closes. */
export function serveWindow(engine: Engine, port: Port): void {
  const client: ViewClient & TailClient = {
    ready: () => true,
    send: (frame) => port.postMessage({ event: 'frame', data: frame }),
    tail: (batch) => port.postMessage({ event: 'tail', data: batch }),
  }
  const handlers = createHandlers(engine, client)
  const unlisten = engine.listen((event, data) => port.postMessage({ event, data }))
  port.onMessage((message) => {
    const parsed = request.safeParse(message)
    if (!parsed.success) return
    const { id, method, params } = parsed.data
    void answer(handlers, method, params).then((outcome) => port.postMessage({ id, ...outcome } satisfies Reply))
  })
  port.onClose(() => {
    unlisten()
    engine.views.drop(client)
    engine.tails.drop(client)
    engine.analyses.drop(client)
  })
  port.start()
}

async function answer(handlers: Handlers, method: string, params: unknown): Promise<Outcome<unknown>> {
  if (!Object.hasOwn(engineParams, method))
    return failed({ code: 'UNKNOWN_CALL', message: `there is no call ${method}` })
  const name = method as EngineMethod
  const parsed = engineParams[name].safeParse(params)
  if (!parsed.success) return failed({ code: 'BAD_PARAMETERS', message: describeIssues(parsed.error) })
  try {
    const handler = handlers[name] as (params: unknown) => unknown
    return { ok: true, value: await handler(parsed.data) }
  } catch (error) {
    return failed(callError(error))
  }
}

const failed = (error: CallError): Outcome<never> => ({ ok: false, error })

/** Errors cross as data; the hint of a StoreError goes along. */
export function callError(error: unknown): CallError {
  if (!(error instanceof Error)) return { code: 'FAILED', message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'FAILED'
  const hint = 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined
  return { code, message: error.message, ...(hint === undefined ? {} : { hint }) }
}

function createHandlers(engine: Engine, client: ViewClient & TailClient): Handlers {
  const { runtime } = engine
  const listening = new Map<number, AbortController>()
  return {
    ...alertHandlers(engine),
    ...outputHandlers(engine),
    ...taskHandlers(engine, client),
    status: () => engine.status(),
    workspace: () => engine.currentWorkspace(),
    series: () => runtime.series(),
    saveSource: ({ source, windowSize }) => engine.saveSource(source, windowSize),
    removeSource: ({ id, withData }) => engine.removeSource(id, withData),
    setSourceEnabled: ({ id, enabled }) => engine.setSourceEnabled(id, enabled),
    testSource: ({ source, secrets }) => runtime.trials.test(source, secrets),
    discover: async ({ source, secrets, listenMs, job }) => {
      const enough = new AbortController()
      listening.set(job, enough)
      try {
        return await runtime.trials.discover(source, secrets, listenMs, enough.signal)
      } finally {
        listening.delete(job)
      }
    },
    endDiscover: ({ job }) => {
      listening.get(job)?.abort()
      return null
    },
    previewDecoding: ({ records, ...settings }) => previewDecoding(records.map(rawRecord), settings),
    moveSource: ({ id, before }) => engine.moveSource(id, before),
    openTail: ({ id }) => {
      engine.tails.open(client, id)
      return null
    },
    closeTail: ({ id }) => {
      engine.tails.close(client, id)
      return null
    },
    rejected: ({ id }) => runtime.rejectedRecords.newest(id),
    rejectedKinds: ({ id }) => runtime.rejectedRecords.counts(id),
    decodeRejected: ({ id }) => runtime.rejectedRecords.decodeAgain(id),
    discardRejected: async ({ id }) => {
      await runtime.rejectedRecords.discard(id)
      return null
    },
    checkPipeline: ({ pipeline }) => engine.checkPipeline(pipeline),
    previewPipeline: ({ pipeline, span, statistic }) => engine.previewPipeline(pipeline, span, statistic),
    savePipeline: ({ pipeline }) => engine.savePipeline(pipeline),
    removePipeline: ({ id, withData }) => engine.removePipeline(id, withData),
    pipelineKeys: ({ id }) => runtime.results.keys(id),
    startDemo: () => engine.startDemo(),
    removeDemo: () => engine.removeDemo(),
    openView: ({ view, spec }) => {
      engine.views.open(client, view, spec)
      return null
    },
    closeView: ({ view }) => {
      engine.views.close(client, view)
      return null
    },
    storage: () => storageReport(runtime),
    saveRetention: ({ retention }) => engine.saveRetention(retention),
    eraseSamples: ({ series, from, to }) => engine.eraseSamples({ series: new Set(series), from, to }),
    compactFile: () => runtime.store.vacuum(),
    dismissNotice: ({ id }) => {
      engine.dismissNotice(id)
      return null
    },
  }
}

type TaskHandlers = Pick<
  Handlers,
  'analyse' | 'endAnalysis' | 'sampleExport' | 'cancelExport' | 'inspectImport' | 'startImport' | 'cancelImport'
>

/** What takes its time, and may be ended before it is done. */
function taskHandlers(engine: Engine, client: object): TaskHandlers {
  const { runtime } = engine
  return {
    analyse: (query) => engine.analyses.run(client, query),
    endAnalysis: ({ job }) => {
      engine.analyses.drop(client, job)
      return null
    },
    sampleExport: ({ query }) => sampleOf(runtime, query),
    cancelExport: ({ id }) => {
      engine.exports.cancel(id)
      return null
    },
    inspectImport: ({ path }) => inspectImport(path),
    startImport: ({ path }) => ({ id: engine.startImport(path) }),
    cancelImport: ({ id }) => {
      engine.imports.cancel(id)
      return null
    },
  }
}

type AlertHandlers = Pick<Handlers, keyof AlertValues>

function alertHandlers(engine: Engine): AlertHandlers {
  const { alerts, runtime } = engine
  return {
    saveAlertRule: ({ rule }) => engine.saveAlertRule(rule),
    removeAlertRule: ({ id }) => engine.removeAlertRule(id),
    setAlertRuleEnabled: ({ id, enabled }) => engine.setAlertRuleEnabled(id, enabled),
    previewAlert: ({ rule, from, to }) => alerts.preview(rule, from, to),
    standingAlerts: () => alerts.standing(),
    alertHistory: ({ series, before, ...query }) =>
      runtime.store.alerts.events({
        ...query,
        series: series === null ? null : new Set(series),
        before: before ?? Number.MAX_SAFE_INTEGER,
      }),
    acknowledgeAlert: ({ rule, key }) => alerts.acknowledge(rule, key),
    silenceAlert: ({ rule, key, until }) => alerts.silence(rule, key, until),
    notified: async ({ ids }) => {
      await alerts.notified(ids)
      return null
    },
  }
}

type OutputHandlers = Pick<Handlers, keyof OutputValues>

function outputHandlers({ runtime, outputs }: Engine): OutputHandlers {
  return {
    saveOutput: ({ output }) => outputs.save(output),
    removeOutput: ({ id }) => outputs.remove(id),
    setOutputEnabled: ({ id, enabled }) => outputs.setEnabled(id, enabled),
    testOutput: ({ output, secrets }) => runtime.outputs.test(output, secrets),
    retryOutput: async ({ id }) => {
      await runtime.outputs.retry(id)
      return null
    },
    discardSetAside: async ({ id }) => {
      await runtime.outputs.discard(id)
      return null
    },
  }
}

const rawRecord = ({
  bytes,
  brokerTime,
  labels,
  ...record
}: z.output<(typeof engineParams)['previewDecoding']>['records'][number]): RawRecord => ({
  ...record,
  payload: bytes,
  ...(brokerTime === undefined ? {} : { brokerTime }),
  ...(labels === undefined ? {} : { labels }),
})
