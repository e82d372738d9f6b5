/**
 * The smoke run: the ordinary application on a fresh folder starts its demo by a click, watches it for 20 s, takes a
 * picture and exports everything. Leaves screenshot.png, export.csv and smoke.json; exit code 1 with the reason if not.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { EngineStatus } from '../../shared/ipc/engine'
import { exportFormat } from '../../shared/config/export'
import type { ExportProgress } from '../../shared/ipc/export'
import type { Outcome } from '../../shared/ipc/rpc'
import type { Application } from './application'

export interface SmokeReport {
  readonly samples: number
  readonly windows: number
  readonly stored: number
  readonly exported: number
  readonly first_point_ms: number
  readonly electron: string
  readonly chromium: string
}

const LIVE_MS = 20_000
const READY_WITHIN_MS = 60_000
const FIRST_POINT_WITHIN_MS = 60_000
const EXPORT_WITHIN_MS = 120_000

const READY = `document.querySelector('[data-ready="true"] [data-testid="card-demo"]:enabled') !== null`
const CLICK = `document.querySelector('[data-testid="card-demo"]').click()`
/** Points of each panel that is in sight; the others are not drawn. */
const PANELS = `[...document.querySelectorAll('[data-testid^="panel-"]')]
  .filter((panel) => panel.getBoundingClientRect().top < innerHeight - 80)
  .map((panel) => Number(panel.dataset.points ?? 0))`

export async function smoke(application: Application, folder: string): Promise<void> {
  const out = resolve(folder)
  mkdirSync(out, { recursive: true })
  try {
    const report = await run(application, out)
    writeReport(out, report)
    process.stdout.write(`${JSON.stringify(report)}\n`)
    application.quitWith(0)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    writeReport(out, { error: reason, ...versions() })
    process.stderr.write(`smoke: ${reason}\n`)
    application.quitWith(1)
  }
}

async function run(application: Application, out: string): Promise<SmokeReport> {
  const { webContents } = application.main.window
  const evaluate = (script: string): Promise<unknown> => webContents.executeJavaScript(script, true)
  await until('the first screen with its demo card', READY_WITHIN_MS, () => evaluate(READY))

  await evaluate(CLICK)
  const clicked = performance.now()
  const points = async (): Promise<number[]> => (await evaluate(PANELS)) as number[]
  await until('the first point on a chart', FIRST_POINT_WITHIN_MS, async () =>
    (await points()).some((count) => count > 0),
  )
  const firstPoint = Math.round(performance.now() - clicked)

  await wait(LIVE_MS)
  const drawn = await points()
  if (drawn.length === 0 || drawn.some((count) => count === 0))
    throw new Error(`charts without points: ${drawn.join(', ')}`)
  writeFileSync(join(out, 'screenshot.png'), (await webContents.capturePage()).toPNG())

  const exported = await exportAll(application, join(out, 'export.csv'))
  const status = value<EngineStatus>(await application.client.call('status', undefined))
  if (status.windows === 0) throw new Error('no window was closed')
  return {
    samples: status.sources.reduce((sum, source) => sum + source.ledger.samples, 0),
    windows: status.windows,
    stored: status.stored,
    exported,
    first_point_ms: firstPoint,
    ...versions(),
  }
}

/** @returns the rows written. */
async function exportAll({ client, supervisor }: Application, path: string): Promise<number> {
  const done = new Map<number, ExportProgress>()
  client.on('export', (progress) => progress.state !== 'running' && done.set(progress.id, progress))
  const series = value(await client.call('series', undefined)).map((info) => info.id)
  const id = value(
    await supervisor.export(
      { series, from: null, to: null, content: 'raw', layout: 'long', format: exportFormat.parse({ kind: 'csv' }) },
      path,
    ),
  )
  await until('the end of the export', EXPORT_WITHIN_MS, () => Promise.resolve(done.has(id)))
  const end = done.get(id)
  if (end?.state !== 'done')
    throw new Error(`the export ${end?.state === 'failed' ? `failed: ${end.reason}` : 'was cancelled'}`)
  if (end.rows === 0) throw new Error('the export has no rows')
  return end.rows
}

/** A page that does not answer counts as one where the condition is not met. */
async function until(what: string, within: number, met: () => Promise<unknown>): Promise<void> {
  const late = Symbol('late')
  const deadline = wait(within, late)
  for (;;) {
    const answer = await Promise.race([met(), deadline])
    if (answer === true) return
    if (answer === late) throw new Error(`waited ${within / 1000} s for ${what}`)
    await wait(20)
  }
}

function value<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value
  throw new Error(outcome.error.message)
}

const versions = () => ({ electron: process.versions['electron'] ?? '', chromium: process.versions['chrome'] ?? '' })

function writeReport(out: string, report: object): void {
  writeFileSync(join(out, 'smoke.json'), `${JSON.stringify(report, null, 2)}\n`)
}
