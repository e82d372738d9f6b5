/** The anomaly score: each sample once and in order, exact snapshots, bounded state, bad input, and the reasons. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ANOMALY_ALARM, ANOMALY_LEARNING, AnomalyScore } from '../../../main/statistics/anomaly/anomaly-score'
import type { AnomalyReason } from '../../../main/statistics/anomaly/measures'
import { BinaryReader, BinaryWriter } from '../../../main/windows/state'
import { readCorpus } from '../../bench/support/nab/corpus'

interface Sample {
  time: number
  value: number
}
interface Scored {
  score: number
  reason: AnomalyReason | null
}

const MINUTE = 60_000

function randomOf(seed: number): () => number {
  let state = seed
  return () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 4294967296
}

/** A wave of an hour with noise, a sample a minute. */
function wave(length: number, seed = 1): Sample[] {
  const random = randomOf(seed)
  return Array.from({ length }, (_, i) => ({
    time: 1_700_000_000_000 + i * MINUTE,
    value: 20 + 3 * Math.sin((2 * Math.PI * i) / 60) + random(),
  }))
}

function run(samples: readonly Sample[], score = new AnomalyScore()): Scored[] {
  return samples.map(({ time, value }) => ({ score: score.add(time, value), reason: score.reason }))
}

function copyOf(score: AnomalyScore): AnomalyScore {
  const writer = new BinaryWriter()
  score.write(writer)
  const copy = new AnomalyScore()
  copy.read(new BinaryReader(writer.bytes()))
  return copy
}

/** `wave` with its samples from 3,000 on changed. */
function planted(change: (sample: Sample, age: number) => Sample): Scored[] {
  return run(wave(3200).map((sample, i) => (i < 3000 ? sample : change(sample, i - 3000))))
}

describe('a score', () => {
  test('of a prefix is the prefix of the scores', () => {
    const samples = wave(2000).map((sample, i) => (i > 1500 ? { ...sample, value: sample.value * 3 } : sample))
    const whole = run(samples)
    for (const length of [1, ANOMALY_LEARNING + 1, 1501, 1600]) {
      expect(run(samples.slice(0, length))).toEqual(whole.slice(0, length))
    }
    expect(Math.max(...whole.map(({ score }) => score))).toBeGreaterThanOrEqual(ANOMALY_ALARM)
  })

  test('goes on exactly from a snapshot, wherever it was taken', () => {
    const samples = wave(1500).map((sample, i) => (i % 97 === 5 ? { ...sample, value: NaN } : sample))
    const whole = run(samples)
    for (const cut of [0, 1, 149, 255, 256, 1000, 1262]) {
      const score = new AnomalyScore()
      run(samples.slice(0, cut), score)
      expect(run(samples.slice(cut), copyOf(score))).toEqual(whole.slice(cut))
    }
  })

  test('refuses a snapshot of another version', () => {
    const writer = new BinaryWriter()
    writer.number(99)
    expect(() => new AnomalyScore().read(new BinaryReader(writer.bytes()))).toThrow(/version 99/)
  })

  test('keeps at most 64 kB a series, as a snapshot too', () => {
    const score = new AnomalyScore()
    run(wave(5000), score)
    const writer = new BinaryWriter()
    score.write(writer)
    expect(score.size).toBeLessThanOrEqual(64 * 1024)
    expect(writer.bytes().length).toBeLessThanOrEqual(64 * 1024)
  })

  test('of one series does not depend on the others', () => {
    const [a, b] = [wave(800, 1), wave(800, 2)]
    const scores = [new AnomalyScore(), new AnomalyScore()] as const
    const mixed = a.map(({ time, value }, i) => {
      scores[1].add(time, b[i]?.value ?? 0)
      return { score: scores[0].add(time, value), reason: scores[0].reason }
    })
    expect(mixed).toEqual(run(a))
  })

  test('is in [0,1] whatever comes: gaps, huge values, equal, falling and negative times', () => {
    const random = randomOf(3)
    const odd = [NaN, Infinity, -Infinity, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 0, 1e15]
    const score = new AnomalyScore()
    let time = -1_000_000
    for (let i = 0; i < 5000; i++) {
      time += Math.floor((random() - 0.3) * 3) * 1e5
      const value = random() < 0.1 ? (odd[Math.floor(random() * odd.length)] as number) : random()
      const result = score.add(time, value)
      expect(result >= 0 && result <= 1, `${result} for ${value} at ${time}`).toBe(true)
    }
  })

  test('of a constant series is next to nothing, and its first other value an alarm', () => {
    const constant = wave(1000).map((sample) => ({ ...sample, value: 7 }))
    const score = new AnomalyScore()
    expect(Math.max(...run(constant, score).map((scored) => scored.score))).toBeLessThan(1e-6)
    expect(score.add(1_700_000_000_000 + 1000 * MINUTE, 7.5)).toBeGreaterThanOrEqual(ANOMALY_ALARM)
  })

  test('rests after an alarm', () => {
    const scored = planted((sample, age) => ({ ...sample, value: 100 + 50 * age }))
    const alarms = scored.slice(3000, 3025).filter(({ score }) => score >= ANOMALY_ALARM)
    expect(scored[3000]?.score).toBeGreaterThanOrEqual(ANOMALY_ALARM)
    expect(alarms.length).toBeLessThan(8)
  })
})

describe('the reason', () => {
  test('of a single value far off is a spike', () => {
    expect(planted((sample, age) => (age === 0 ? { ...sample, value: 60 } : sample))[3000]?.reason).toBe('spike')
  })

  test('of values that stay off is the level, once they have stayed', () => {
    const scored = planted((sample) => ({ ...sample, value: sample.value + 12 })).slice(3004, 3100)
    const counts = new Map<unknown, number>()
    for (const { score, reason } of scored) counts.set(reason, (counts.get(reason) ?? 0) + score)
    const [first] = [...counts].sort((a, b) => b[1] - a[1])
    expect(first?.[0]).toBe('level')
  })

  test('of a long time without a value is silence, told while it lasts', () => {
    const score = new AnomalyScore()
    const samples = wave(3000)
    run(samples, score)
    const last = samples[2999]?.time ?? 0
    expect(score.add(last + MINUTE, NaN)).toBeLessThan(ANOMALY_ALARM)
    expect(score.add(last + 60 * MINUTE, NaN)).toBeGreaterThanOrEqual(ANOMALY_ALARM)
    expect(score.reason).toBe('silence')
  })
})

const folder = join(import.meta.dirname, '../../../../shared/data/nab')

// Skips where the labelled series are not beside the repository.
test.skipIf(!existsSync(folder))('on real series the scores of a prefix are the prefix of the scores', () => {
  for (const { time, value } of readCorpus(folder)) {
    const samples = [...value].map((v, i) => ({ time: time[i] ?? 0, value: v }))
    const half = Math.floor(samples.length / 2)
    const whole = run(samples).map(({ score }) => score)
    expect(run(samples.slice(0, half)).map(({ score }) => score)).toEqual(whole.slice(0, half))
    expect(whole.every((score) => score >= 0 && score <= 1)).toBe(true)
  }
})
