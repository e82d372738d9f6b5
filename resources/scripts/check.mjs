/** `npm run check`: types, lint, import rules, unused code, format; all of them, then the verdict. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './setup/folders.mjs'
import { ensureInstalled } from './setup/install.mjs'
import { runScript, say } from './setup/run.mjs'

const bin = (/** @type {string[]} */ ...path) => join(root, 'node_modules', ...path)
const tsc = bin('typescript', 'bin', 'tsc')

/** @type {Record<string, string[]>} */
const CHECKS = {
  'types: shared': [tsc, '-p', 'tsconfig.shared.json'],
  'types: engine': [tsc, '-p', 'tsconfig.engine.json'],
  'types: electron': [tsc, '-p', 'tsconfig.electron.json'],
  'types: preload': [tsc, '-p', 'tsconfig.preload.json'],
  'types: renderer': [
    bin('svelte-check', 'bin', 'svelte-check'),
    '--tsconfig',
    './tsconfig.renderer.json',
    '--fail-on-warnings',
  ],
  'types: tests and scripts': [tsc, '-p', 'tsconfig.test.json'],
  lint: [bin('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0'],
  'import rules': [
    bin('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
    '--config',
    '.dependency-cruiser.cjs',
    'main',
    'renderer',
    'shared',
  ],
  'unused code': [bin('knip', 'bin', 'knip.js')],
  format: [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'],
}

/** As many at once as most machines have cores to spare. */
const PARALLEL = 2

runScript(async () => {
  ensureInstalled()
  const queue = Object.entries(CHECKS)
  const failed = /** @type {string[]} */ ([])
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [name, args] = next
      const { code, output } = await run(args)
      say(`${code === 0 ? 'ok  ' : 'FAIL'} ${name}`)
      if (code === 0) continue
      failed.push(name)
      say(output.trimEnd())
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
  say(failed.length === 0 ? 'All checks pass.' : `Failed: ${failed.join(', ')}.`)
  return failed.length === 0 ? 0 : 1
})

/** @param {string[]} args @returns {Promise<{ code: number | null, output: string }>} */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)))
    child.once('exit', (code) => resolve({ code, output }))
  })
}
