/** Runs every scenario of `alerts/*.txt`. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runAlertScenario } from './alert-language'
import { parseScenarios } from './language'

const folder = join(import.meta.dirname, 'alerts')

for (const file of readdirSync(folder).sort()) {
  describe(file.replace(/\.txt$/, ''), () => {
    for (const scenario of parseScenarios(readFileSync(join(folder, file), 'utf8'))) {
      test(scenario.name, () => {
        expect(runAlertScenario(scenario)).toEqual(
          scenario.steps.map(({ input, expected }) => ({ input, outcome: expected })),
        )
      })
    }
  })
}
