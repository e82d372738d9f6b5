/** `npm run bench -- NAME`: the last line of standard output is one JSON object. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { buildThreads } from './setup/build.mjs'
import { root } from './setup/folders.mjs'
import { ensureInstalled } from './setup/install.mjs'
import { ensureKafka } from './setup/kafka.mjs'
import { foreground, runScript, SetupError } from './setup/run.mjs'
import { ensureSystem } from './setup/system.mjs'

runScript(async () => {
  const [name, ...args] = process.argv.slice(2)
  const names = readdirSync(join(root, 'test', 'bench'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -3))
  if (name === undefined || !names.includes(name))
    throw new SetupError(`npm run bench -- NAME, with NAME one of: ${names.join(', ')}`)
  if (name === 'mqtt' || name === 'kafka' || name === 'idle') ensureSystem({ tests: true })
  ensureInstalled()
  const kafka = name === 'kafka' || name === 'idle' ? ensureKafka() : null
  const { build } = await import('esbuild')
  const outdir = join(root, 'out', 'bench')
  await build({
    entryPoints: [join(root, 'test', 'bench', `${name}.ts`)],
    outfile: join(outdir, `bench-${name}.cjs`),
    bundle: true,
    platform: 'node',
    target: 'node18',
    external: ['sqlite3'],
    logLevel: 'warning',
  })
  buildThreads(outdir, '.cjs')
  return foreground(process.execPath, ['--expose-gc', join(outdir, `bench-${name}.cjs`), ...args], {
    env: kafka === null ? {} : { WEIR_KAFKA: kafka },
  })
})
