/** The figures of the anomaly benchmark are those of an independent scorer. Skips without the corpus or python3. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'

const root = join(import.meta.dirname, '../..')
const data = join(root, '../shared/data/nab')
const scorer = join(data, 'score.py')
const able = existsSync(scorer) && spawnSync('python3', ['--version']).status === 0

const figures = z.object({
  standard: z.number(),
  reward_low_FP: z.number(),
  reward_low_FN: z.number(),
  threshold: z.number(),
  fixed_learning: z.number(),
  samples_per_s: z.number(),
})
const score = z.object({ score: z.number() })
const independent = z.object({ standard: score, reward_low_FP_rate: score, reward_low_FN_rate: score })

test.skipIf(!able)('the benchmark and the independent scorer agree', () => {
  const out = mkdtempSync(join(tmpdir(), 'weir-anomaly-'))
  try {
    const args = [join(root, 'resources/scripts/bench.mjs'), 'anomaly', '--data', data, '--scores', out]
    const bench = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
    expect(bench.status, bench.stderr).toBe(0)
    const ours = figures.parse(JSON.parse(bench.stdout.trimEnd().split('\n').at(-1) ?? ''))
    const json = join(out, 'independent.json')
    const python = ['--data', data, '--threshold', String(ours.threshold), '--json', json]
    const check = spawnSync('python3', [scorer, out, ...python], { encoding: 'utf8' })
    expect(check.status, check.stderr).toBe(0)
    const theirs = independent.parse(JSON.parse(readFileSync(json, 'utf8')))
    expect(Math.abs(ours.standard - theirs.standard.score)).toBeLessThan(0.01)
    expect(Math.abs(ours.reward_low_FP - theirs.reward_low_FP_rate.score)).toBeLessThan(0.01)
    expect(Math.abs(ours.reward_low_FN - theirs.reward_low_FN_rate.score)).toBeLessThan(0.01)
    expect(ours.standard).toBeGreaterThanOrEqual(72)
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
})
