/** `weir backtest` on real files: what it prints is what the machine gives when it is fed directly. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import { AlertEngine } from '../../main/alerts/alert-engine'
import type { AlertTransition } from '../../main/alerts/transition'
import { createAccumulators, createFollower } from '../../main/statistics'
import { alertRule } from '../../shared/config/alert'
import { SampleBuffer } from '../../shared/model/samples'
import { closeStores, commitOf, newFile, openStore } from './support/stored'
import type { Sample } from './support/stored'
import { temporaryFolder } from './support/world'

afterEach(closeStores)

const BASE = Date.UTC(2026, 0, 1)
const NOW = { monotonic: 0, wall: 0 }
const RULE = {
  id: 'hot',
  name: 'hot',
  series: 's*',
  reduce: { statistic: 'mean', window: '5s' },
  condition: { kind: 'above', threshold: 70, recovery: 60 },
  for: '2s',
  keepFiringFor: '3s',
  silence: { after: '30s', means: 'alert' },
  repeatEvery: '1m',
}

interface Ended {
  readonly code: number
  readonly lines: Record<string, unknown>[]
  readonly err: string
}

async function weir(file: string, rule: object, ...more: string[]): Promise<Ended> {
  const path = join(await temporaryFolder(), 'rule.json')
  await writeFile(path, JSON.stringify(rule))
  const args = ['out/main/cli.js', 'backtest', '--db', file, '--rule', path, ...more]
  const child = spawn(process.execPath, args)
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (data: string) => (out += data))
  child.stderr.setEncoding('utf8').on('data', (data: string) => (err += data))
  const code = await new Promise<number>((done) => child.once('close', (ended) => done(ended ?? -1)))
  return { code, lines: parsed(out), err }
}

const parsed = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

/** Three series of a noisy wave with gaps, in the order of arrival; the second goes silent for a while. */
function history(): Sample[] {
  let seed = 7
  const random = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 4294967296
  const samples: Sample[] = []
  for (let second = 0; second < 1200; second++)
    for (let series = 1; series <= 3; series++) {
      if (series === 2 && second > 400 && second < 500) continue
      const value = random() < 0.01 ? NaN : 50 + 30 * Math.sin(second / 40 + series) + random() * 10
      samples.push([series, BASE + second * 1000, value])
    }
  return samples
}

function direct(samples: readonly Sample[], rule: object, end: number): AlertTransition[] {
  const out: AlertTransition[] = []
  const engine = new AlertEngine((transition) => void out.push(transition), {
    createAccumulators: (statistics) => createAccumulators(statistics, { grouped: false }),
    createFollower,
  })
  engine.define([alertRule.parse(rule)], NOW)
  for (let id = 1; id <= 3; id++) engine.seriesAdded({ id, source: 'a', name: `s${id}`, labels: {} }, NOW)
  const batch = new SampleBuffer()
  for (const [series, time, value] of samples) batch.push(series, time, value, 0)
  engine.samples(batch, NOW)
  engine.clock(null, end, NOW)
  return out
}

describe('weir backtest', () => {
  it('gives what the machine gives when it is fed directly, of a file that an engine holds open', async () => {
    const file = await newFile()
    const store = await openStore(file)
    const samples = history()
    for (let at = 0; at < samples.length; at += 500) await store.commit(commitOf(samples.slice(at, at + 500)))
    const ended = await weir(file, RULE)
    expect(ended.code).toBe(0)
    const expected = direct(samples, RULE, BASE + 1199 * 1000)
    for (let key = 1; key <= 3; key++) {
      const of = expected.filter((transition) => transition.key === key).map(({ key: _, ...rest }) => rest)
      const found = ended.lines.filter(({ series }) => series === `s${key}`).map(({ series: _, ...rest }) => rest)
      expect(found).toEqual(of)
      expect(of.length).toBeGreaterThan(10)
    }
    const summary = JSON.parse(ended.err) as Record<string, unknown>
    const told = (kind: string): number => expected.filter(({ notify }) => notify === kind).length
    expect(summary).toMatchObject({
      rule: 'hot',
      series: 3,
      readings: samples.length,
      notifications: { firing: told('firing'), resolved: told('resolved'), repeat: told('repeat') },
    })
    expect(told('repeat')).toBeGreaterThan(0)
    expect(expected.some(({ to }) => to === 'silent')).toBe(true)
  })

  it('counts alerts and how long they lasted, up to the end of the range', async () => {
    const file = await newFile()
    const store = await openStore(file)
    await store.commit(commitOf([0, 90, 90, 0, 90, 0, 90].map((value, i) => [1, BASE + i * 1000, value] as const)))
    const rule = { id: 'r', name: 'r', series: 's1', condition: { kind: 'above', threshold: 80 } }
    const all = await weir(file, rule)
    expect(JSON.parse(all.err)).toMatchObject({ alerts: 3, lasting: 1, alertMs: 3000, longestMs: 2000 })
    const later = await weir(file, rule, '--from', String(BASE + 4000), '--to', String(BASE + 10_000))
    expect(JSON.parse(later.err)).toMatchObject({ readings: 3, alerts: 2, lasting: 1, alertMs: 5000, longestMs: 4000 })
    expect(later.lines.map(({ eventTime, to }) => [eventTime, to])).toEqual([
      [BASE + 4000, 'firing'],
      [BASE + 5000, 'normal'],
      [BASE + 6000, 'firing'],
    ])
  })

  it('suggests thresholds with the alerts that each would have given', async () => {
    const file = await newFile()
    const store = await openStore(file)
    // 1, 2, … 1000, so that the percentiles are known: type 7 of 1000 values.
    await store.commit(commitOf(Array.from({ length: 1000 }, (_, i) => [1, BASE + i * 1000, 1 + ((i * 7) % 1000)])))
    const condition = { kind: 'above', threshold: 5000, recovery: 4990 }
    const ended = await weir(file, { id: 'r', name: 'r', series: '*', condition })
    const { suggestions, alerts } = JSON.parse(ended.err) as {
      suggestions: { quantile: string; condition: { threshold: number; recovery: number }; alerts: number }[]
      alerts: number
    }
    expect(alerts).toBe(0)
    expect(suggestions.map(({ quantile }) => quantile)).toEqual(['p99', 'p99.9'])
    expect(suggestions[0]?.condition.threshold).toBeCloseTo(990.01, 9)
    expect(suggestions[1]?.condition.threshold).toBeCloseTo(999.001, 9)
    expect(suggestions[0]?.condition.recovery).toBeCloseTo(980.01, 9)
    for (const each of suggestions) {
      const tried = await weir(file, { id: 'r', name: 'r', series: '*', condition: each.condition })
      expect(JSON.parse(tried.err)).toMatchObject({ alerts: each.alerts })
      expect(each.alerts).toBeGreaterThan(0)
    }
  })

  it('looks at the stored results of a pipeline', async () => {
    const file = await newFile()
    const store = await openStore(file)
    await store.definePipeline('p', ['mean', 'max'], 'm')
    const results = [10, 95, 20].map((max, i) => ({
      pipeline: 'p',
      key: 1,
      start: BASE + i * 10_000,
      end: BASE + (i + 1) * 10_000,
      revision: 0,
      values: [0, max],
    }))
    await store.commit(commitOf([[1, BASE, 1]], 'a', results))
    const rule = { id: 'r', name: 'r', series: 's1', condition: { kind: 'above', threshold: 80 } }
    const ended = await weir(file, { ...rule, results: { pipeline: 'p', statistic: 'max' } })
    expect(ended.lines.map(({ eventTime, to, value }) => [eventTime, to, value])).toEqual([
      [BASE + 20_000 - 0.001, 'firing', 95],
      [BASE + 30_000 - 0.001, 'normal', 20],
    ])
    const wrong = await weir(file, { ...rule, results: { pipeline: 'p', statistic: 'sum' } })
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain('the results of p have no sum, but mean, max')
  })

  it('writes to a file, and refuses in one line what it cannot use', async () => {
    const file = await newFile()
    const store = await openStore(file)
    await store.commit(commitOf([[1, BASE, 90]]))
    const rule = { id: 'r', name: 'r', series: '*', condition: { kind: 'above', threshold: 80 } }
    const output = join(await temporaryFolder(), 'changes.ndjson')
    const written = await weir(file, rule, '--output', output)
    expect(written).toMatchObject({ code: 0, lines: [] })
    expect(parsed(await readFile(output, 'utf8'))).toHaveLength(1)
    const bad = await weir(file, { ...rule, condition: { kind: 'above' } })
    expect(bad.code).toBe(2)
    expect(bad.err).toMatch(/rule\.json: condition.*\n$/)
    const none = await weir(file, { ...rule, series: 'pressure' })
    expect(none.err).toContain('no series matches pressure')
    expect((await weir(`${file}.gone`, rule)).err).toContain('is not there')
  })
})
