/** A real engine on a database of its own, in this process. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { Engine } from '../../../main/engine/engine'
import { workspace } from '../../../shared/config/workspace'
import type { SourceInput } from '../../../shared/config/workspace'
import type { z } from 'zod'
import type { alertRule, sourceDown } from '../../../shared/config/alert'
import type { pipeline } from '../../../shared/config/pipeline'
import type { OutputInput } from '../../../shared/config/output'
import type { retention } from '../../../shared/config/retention'
import type { WindowResult } from '../../../shared/model/results'

export interface TestWorkspace {
  readonly sources: readonly SourceInput[]
  readonly pipelines?: readonly z.input<typeof pipeline>[]
  readonly retention?: z.input<typeof retention>
  readonly alerts?: readonly z.input<typeof alertRule>[]
  readonly outputs?: readonly OutputInput[]
  readonly sourceDown?: z.input<typeof sourceDown>
}

export async function startEngine(
  folder: string,
  setup: TestWorkspace,
  secrets: Record<string, Record<string, string>> = {},
  desktop = false,
): Promise<Engine> {
  const workspacePath = join(folder, 'workspace.json')
  await writeFile(workspacePath, JSON.stringify(workspace.parse({ version: 1, ...setup })))
  const databasePath = join(folder, 'weir.db')
  return balancedAtItsEnd(
    await Engine.start({ workspacePath, databasePath, secrets, brokenWorkspace: 'fail', desktop }),
  )
}

/** Every record that a source has received is accounted for when the engine has stopped, and every sample. */
function balancedAtItsEnd(engine: Engine): Engine {
  const stop = engine.stop.bind(engine)
  engine.stop = async () => {
    await stop()
    for (const [id, { ledger }] of engine.runtime.runners) {
      const { received, decoded, rejected, filtered, redelivered, dropped } = ledger
      const { samples, stored, inMemory, refused } = ledger
      expect(decoded + rejected + filtered + redelivered + dropped, `records of ${id}`).toBe(received)
      expect(stored + inMemory + refused, `samples of ${id}`).toBe(samples)
    }
  }
  return engine
}

export function mqttSource(
  url: string,
  over: Partial<SourceInput> = {},
  connection: Record<string, unknown> = {},
): SourceInput {
  return {
    id: 'plant',
    name: 'Plant',
    connection: { kind: 'mqtt', url, subscriptions: [{ filter: 'plant/#', qos: 1 }], ...connection },
    ...over,
  } as SourceInput
}

/** All stored samples in their order of arrival. */
export async function storedSamples(engine: Engine): Promise<{ series: number; time: number; value: number }[]> {
  const { runtime } = engine
  const found: { series: number; time: number; value: number }[] = []
  const series = new Set(runtime.series().map(({ id }) => id))
  for await (const batch of runtime.store.samples({ series, from: null, to: null }))
    for (let i = 0; i < batch.length; i++)
      found.push({ series: batch.series[i] as number, time: batch.time[i] as number, value: batch.value[i] as number })
  return found
}

export async function storedResults(engine: Engine, pipelineId: string): Promise<WindowResult[]> {
  const found: WindowResult[] = []
  const series = new Set(await engine.runtime.store.keys(pipelineId))
  for await (const results of engine.runtime.store.results(pipelineId, { series, from: null, to: null }))
    found.push(...results)
  return found
}

export const readText = (path: string): Promise<string> => readFile(path, 'utf8')

/** For exports and imports that nobody cancels. */
export const TO_THE_END = { cancelled: new AbortController().signal, progress: () => undefined }
