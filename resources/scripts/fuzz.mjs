/**
 * `npm run fuzz -- windows [CASES]`: random cases against the naive twin until one differs. The seed is printed first;
 * a case that failed is run alone with WEIR_FUZZ_SEED=… WEIR_FUZZ_CASES=1.
 */
import { join } from 'node:path'
import { root } from './setup/folders.mjs'
import { ensureInstalled } from './setup/install.mjs'
import { foreground, runScript, SetupError } from './setup/run.mjs'

const NAMES = ['windows']

runScript(async () => {
  const [name, count = '200000'] = process.argv.slice(2)
  if (name === undefined || !NAMES.includes(name) || !/^[1-9]\d*$/.test(count))
    throw new SetupError(`npm run fuzz -- NAME [CASES], with NAME one of: ${NAMES.join(', ')}`)
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
      `properties/${name}.test`,
    ],
    { env: { WEIR_FUZZ_CASES: count, WEIR_FUZZ_SEED: seed } },
  )
  process.stdout.write(`fuzz ${name}: ${code === 0 ? 'nothing found' : 'FAILED'} in ${count} cases from seed ${seed}\n`)
  return code
})
