// Who may import whom, as the architecture says; there is no list of exemptions.
const STAGES = [
  'connections',
  'sources',
  'outputs',
  'decoding',
  'demo',
  'quality',
  'transforms',
  'windows',
  'statistics',
  'alerts',
  'store',
]

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
    // What sources and outputs share: how one connects, and what it means when one cannot.
    only('connections', ['main/contracts/', 'shared/'], 'mqtt|kafkajs|fzstd|snappyjs'),
    only('sources', ['main/connections/', 'main/contracts/', 'shared/'], 'mqtt|ws|kafkajs|sqlite3|pg|@types/pg|mysql2'),
    only(
      'outputs',
      ['main/connections/', 'main/contracts/', 'shared/', 'resources/translations/'],
      'mqtt|ws|kafkajs|pg|@types/pg|mysql2|nodemailer|@types/nodemailer',
    ),
    only('demo', ['main/contracts/', 'shared/'], 'aedes|mqtt'),
    only('decoding', ['main/contracts/', 'shared/'], 'cborg|@msgpack/msgpack|protobufjs'),
    only('quality', ['main/contracts/', 'shared/']),
    only('transforms', ['main/contracts/', 'shared/']),
    only('windows', ['main/contracts/', 'shared/']),
    only('statistics', ['main/contracts/', 'shared/'], 'fft\\.js'),
    only('alerts', ['main/contracts/', 'shared/']),
    only('store', ['main/contracts/', 'shared/'], 'sqlite3|@types/sqlite3'),
    only('pipeline', ['main/contracts/', 'shared/', ...STAGES.map((stage) => `main/${stage}/`)], 'zod'),
    only('engine', ['main/contracts/', 'shared/', 'main/pipeline/'], 'zod|hyparquet-writer'),
    only('cli', ['shared/', 'main/engine/', 'main/pipeline/'], 'zod'),
    only('electron', ['shared/', 'resources/translations/'], 'electron|zod'),
    only('preload', ['shared/'], 'electron'),
    {
      name: 'contracts-import-shared-only',
      severity: 'error',
      from: { path: '^main/contracts/' },
      to: { pathNot: ['^shared/', '^main/contracts/'] },
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
