/**
 * SIGKILL of a headless engine under load: what was acknowledged is stored once, windows equal an uninterrupted run.
 * `npm run crash` sets how often and from which seed.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { rehearse } from './support/crash/rehearsal'
import { mosquittoMissing } from './support/mosquitto'

const KILLS = Number(process.env['WEIR_CRASH_KILLS'] ?? (process.env['WEIR_LONG'] === '1' ? 100 : 20))
const SEED = Number(process.env['WEIR_CRASH_SEED'] ?? Math.floor(Math.random() * 1e9))

describe.skipIf(mosquittoMissing)('an engine killed under load', () => {
  it(
    `has stored every acknowledged reading once, and its windows are right: ${KILLS} kills from seed ${SEED}`,
    async () => {
      const verdict = await rehearse(KILLS, SEED)
      await mkdir('test-results', { recursive: true })
      await writeFile('test-results/crash.json', JSON.stringify(verdict))
      expect(verdict).toMatchObject({ kills: KILLS, missing: 0, doubled: 0, windows_differing: 0, examples: [] })
      expect(verdict).toMatchObject({ ledger_differing: 0, integrity: 'ok' })
      expect(verdict.windows).toBeGreaterThan(100)
      expect(Object.keys(verdict.within)).toContain('commit')
    },
    120_000 + KILLS * 15_000,
  )
})
