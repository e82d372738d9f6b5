// Tests mirror the folders. Those with real processes (brokers, engines, windows) run one file after the other: the
// machines that run them have two cores.
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const long = process.env['WEIR_LONG'] === '1'
const pure = ['unit', 'scenarios', 'properties', 'architecture']
// Needs `npm run package` first; .ci/run does both.
const packaged = process.env['WEIR_PACKAGED'] === '1'
const real = packaged ? ['package'] : ['integration', 'e2e', ...(long ? ['long'] : [])]

const project = (name: string, timeoutMs: number) => ({
  plugins: [svelte()],
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeoutMs, hookTimeout: timeoutMs },
})

export default defineConfig({
  test: {
    projects: [
      ...(packaged ? [] : pure).map((name) => project(name, 120_000)),
      ...real.map((name) => {
        const { plugins, test } = project(name, name === 'long' ? 1_800_000 : 180_000)
        return { plugins, test: { ...test, maxWorkers: 1, sequence: { groupOrder: 1 } } }
      }),
    ],
  },
})
