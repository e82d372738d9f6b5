// Who may import whom, as the architecture says; there is no list of exemptions.
const STAGES = ['sources', 'decoding', 'demo', 'quality', 'transforms', 'windows', 'statistics', 'alerts', 'store']

/** A folder of main/ and the only folders and packages that it may import. */
const only = (name, allowed, packages = '') => ({
  name: `${name}-imports`,
  severity: 'error',
  from: { path: `^main/${name}/` },
  to: {
    pathNot: [
      `^main/${name}/`,
      ...allowed.map((path) => `^${path}`),
      ...(packages === '' ? [] : [`^node_modules/(${packages})/`]),
    ],
    dependencyTypesNot: ['core'],
  },
})

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('sources', ['main/contracts\\.ts', 'shared/'], 'mqtt|ws|kafkajs|fzstd|snappyjs|sqlite3|pg|@types/pg|mysql2'),
    only('demo', ['main/contracts\\.ts', 'shared/'], 'aedes|mqtt'),
    only('decoding', ['main/contracts\\.ts', 'shared/'], 'cborg|@msgpack/msgpack|protobufjs'),
    only('quality', ['main/contracts\\.ts', 'shared/']),
    only('transforms', ['main/contracts\\.ts', 'shared/']),
    only('windows', ['main/contracts\\.ts', 'shared/']),
    only('statistics', ['main/contracts\\.ts', 'shared/']),
    only('alerts', ['main/contracts\\.ts', 'shared/']),
    only('store', ['main/contracts\\.ts', 'shared/'], 'sqlite3|@types/sqlite3'),
    only('pipeline', ['main/contracts\\.ts', 'shared/', ...STAGES.map((stage) => `main/${stage}/`)], 'zod'),
    only('engine', ['main/contracts\\.ts', 'shared/', 'main/pipeline/'], 'zod|hyparquet-writer'),
    only('cli', ['shared/', 'main/engine/', 'main/pipeline/'], 'zod'),
    only('electron', ['shared/', 'resources/translations/'], 'electron|zod'),
    only('preload', ['shared/'], 'electron'),
    {
      name: 'contracts-import-shared-only',
      severity: 'error',
      from: { path: '^main/contracts\\.ts' },
      to: { pathNot: '^shared/' },
    },
    {
      name: 'shared-is-free-of-everything',
      severity: 'error',
      from: { path: '^shared/' },
      to: { pathNot: ['^shared/', '^node_modules/zod/'] },
    },
    {
      name: 'renderer-knows-no-main',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(main|test)/' },
    },
    {
      name: 'only-charts-import-echarts',
      severity: 'error',
      from: { path: '^(renderer|main|shared)/', pathNot: '^renderer/charts/' },
      to: { path: 'node_modules/(echarts|zrender)/' },
    },
    {
      name: 'no-product-imports-test',
      severity: 'error',
      from: { path: '^(renderer|main|shared)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.svelte.ts', '.svelte', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
