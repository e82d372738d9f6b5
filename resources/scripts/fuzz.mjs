/**
 * `npm run fuzz -- windows [CASES]`: random cases against the naive twin until one differs. The seed is printed first;
 * a case that failed is run alone with WEIR_FUZZ_SEED=… WEIR_FUZZ_CASES=1.
 * `npm run fuzz -- decoders [RECORDS]`: so many mutated records into each decoder.
 */
import { join } from 'node:path'
import { root } from './setup/folders.mjs'
import { ensureInstalled } from './setup/install.mjs'
import { foreground, runScript, SetupError } from './setup/run.mjs'

const SUITES = new Map([
  ['windows', { test: 'windows', cases: '200000' }],
  ['decoders', { test: 'decoding', cases: '1000000' }],
])

runScript(async () => {
  const [name = '', given] = process.argv.slice(2)
  const suite = SUITES.get(name)
  const count = given ?? suite?.cases ?? ''
  if (suite === undefined || !/^[1-9]\d*$/.test(count))
    throw new SetupError(`npm run fuzz -- NAME [CASES], with NAME one of: ${[...SUITES.keys()].join(', ')}`)
  ensureInstalled()
  const seed = process.env['WEIR_FUZZ_SEED'] ?? String(Math.floor(Math.random() * 1e9))
  process.stdout.write(`fuzz ${name}: ${count} cases from seed ${seed}\n`)
  const code = await foreground(
    process.execPath,
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--root',
      root,
      '--project',
      'properties',
      `properties/${suite.test}.test`,
    ],
    { env: { WEIR_FUZZ_CASES: count, WEIR_FUZZ_SEED: seed } },
  )
  process.stdout.write(`fuzz ${name}: ${code === 0 ? 'nothing found' : 'FAILED'} in ${count} cases from seed ${seed}\n`)
  return code
})
