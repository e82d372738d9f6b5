// Three bundles: the main side (Electron shell, engine, command line), the preload and the renderer.
// Everything but Electron and the native sqlite3 is bundled, so that a package carries no node_modules of its own
// and libraries that need a newer Node are brought down to the API floor (Node 18.15, Chrome 114).
import { resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'

export default defineConfig({
  main: {
    build: {
      target: 'node18',
      outDir: 'out/main',
      minify: false,
      sourcemap: true,
      externalizeDeps: false,
      rollupOptions: {
        external: ['electron', 'sqlite3', /^node:/],
        input: {
          index: resolve('main/electron/index.ts'),
          engine: resolve('main/engine/utility.ts'),
          cli: resolve('main/cli/index.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      target: 'node18',
      outDir: 'out/preload',
      externalizeDeps: false,
      rollupOptions: {
        external: ['electron'],
        input: { index: resolve('main/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].js' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    base: './',
    plugins: [svelte()],
    build: {
      target: 'chrome114',
      outDir: 'out/renderer',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      rollupOptions: { input: { index: resolve('renderer/index.html') } },
    },
  },
})
