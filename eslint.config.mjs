// Types do most of the work; these rules keep the API floor (Node 18.15, Chrome 114) and the house style.
import js from '@eslint/js'
import n from 'eslint-plugin-n'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'

const typed = (project) => ({ languageOptions: { parserOptions: { project, tsconfigRootDir: import.meta.dirname } } })

export default ts.config(
  { ignores: ['out/', 'dist/', 'node_modules/', 'test-results/'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { prefer: 'type-imports', fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-var': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
    },
  },
  {
    files: ['main/**/*.ts'],
    ignores: ['main/electron/**', 'main/preload/**'],
    ...typed('./tsconfig.engine.json'),
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  {
    files: ['main/electron/**/*.ts'],
    ...typed('./tsconfig.electron.json'),
    rules: { '@typescript-eslint/no-floating-promises': 'error', '@typescript-eslint/no-misused-promises': 'error' },
  },
  {
    // The API floor: what Node 18.15 and Chrome 114 do not have fails here, not at a user's.
    files: ['main/**/*.ts', 'shared/**/*.ts'],
    plugins: { n },
    languageOptions: { globals: globals.node },
    rules: {
      'n/no-unsupported-features/node-builtins': ['error', { version: '18.15.0' }],
      'n/no-unsupported-features/es-builtins': ['error', { version: '18.15.0' }],
    },
  },
  {
    // Chromium brings these, whatever the version of Node.
    files: ['main/electron/**/*.ts', 'main/preload/**/*.ts'],
    rules: {
      'n/no-unsupported-features/node-builtins': [
        'error',
        { version: '18.15.0', ignores: ['Request', 'Response', 'File'] },
      ],
    },
  },
  {
    files: ['renderer/**/*.{ts,svelte}'],
    plugins: { n },
    languageOptions: { globals: globals.browser },
    // V8 of Node 18.15 is older than Chrome 114's: what passes there runs here. The types' library (ES2022) does the rest.
    rules: { 'n/no-unsupported-features/es-builtins': ['error', { version: '18.15.0' }] },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      // Plain sets and maps inside state classes are replaced whole.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['resources/scripts/**/*.mjs', '*.config.*', '.dependency-cruiser.cjs', 'test/**/*'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    // Tests of the content policy try what the policy forbids.
    rules: { 'max-lines-per-function': 'off', 'no-implied-eval': 'off' },
  },
)
