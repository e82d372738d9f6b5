/** Real databases for the SQL sources: an SQLite file, PostgreSQL and MariaDB (Debian packages) on free ports. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { Database } from '../../../main/store/database'
import type { SourceInput } from '../../../shared/config/workspace'
import { freePort, temporaryFolder, until } from './world'

export interface TestDatabase {
  readonly connection: Record<string, unknown> & { readonly kind: string }
  readonly secrets: Record<string, string>
  /** PEM text of the authority of its certificate. */
  readonly ca?: string
  /** As a user who may write; one statement a text. */
  exec(...statements: string[]): Promise<void>
  /** Ends at once, as in a power cut. */
  stop(): Promise<void>
  start(): Promise<void>
}

const PASSWORD = 'plant-reader'

const postgresBin = newest('/usr/lib/postgresql')
export const databases = {
  sqlite: { missing: false, start: startSqlite },
  postgres: { missing: postgresBin === undefined || !hasUser('postgres'), start: startPostgres },
  mysql: { missing: !existsSync('/usr/sbin/mariadbd') || !hasUser('mysql'), start: startMariadb },
} as const
export type DatabaseKind = keyof typeof databases

export const sqlSource = (database: TestDatabase, connection: Record<string, unknown> = {}, over: object = {}) =>
  ({
    id: 'rows',
    name: 'Rows',
    connection: {
      ...database.connection,
      ...{ query: 'readings', cursor: 'id', start: 'oldest', interval: '100ms', ...connection },
    },
    ...over,
  }) as unknown as SourceInput

async function startSqlite(): Promise<TestDatabase> {
  const path = join(await temporaryFolder(), 'plant.sqlite')
  const writer = await Database.open(path, 'write')
  await writer.exec('PRAGMA journal_mode = WAL')
  return {
    connection: { kind: 'sqlite', path },
    secrets: {},
    exec: async (...statements) => {
      for (const statement of statements) await writer.exec(statement)
    },
    stop: () => writer.close(),
    start: () => Promise.resolve(),
  }
}

async function startPostgres(): Promise<TestDatabase> {
  const folder = await temporaryFolder()
  const port = await freePort()
  const as = ownedBy('postgres', folder)
  const data = join(folder, 'data')
  execFileSync(join(postgresBin ?? '', 'initdb'), ['-D', data, '-U', 'owner', '--auth=trust', '-N'], {
    ...as,
    stdio: 'ignore',
  })
  const tls = certificate(folder, as)
  const { start, stop } = server(
    join(postgresBin ?? '', 'postgres'),
    [
      ...['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', folder],
      ...['-c', 'ssl=on', '-c', `ssl_cert_file=${tls.cert}`, '-c', `ssl_key_file=${tls.key}`],
      ...['-c', `hba_file=${join(folder, 'hba')}`],
    ],
    as,
    () => exec('SELECT 1'),
  )
  writeOwned(
    folder,
    'hba',
    'local all owner trust\nhost all owner 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n',
  )
  const exec = async (...statements: string[]): Promise<void> => {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'owner', database: 'postgres' })
    client.on('error', () => undefined)
    await client.connect()
    for (const statement of statements) await client.query(statement)
    await client.end()
  }
  await start()
  await exec(`CREATE USER reader PASSWORD '${PASSWORD}'`, 'GRANT pg_read_all_data TO reader')
  return {
    connection: { kind: 'postgres', host: '127.0.0.1', port, database: 'postgres', user: 'reader' },
    ...{ secrets: { password: PASSWORD }, ca: tls.ca, exec, start, stop },
  }
}

async function startMariadb(): Promise<TestDatabase> {
  const folder = await temporaryFolder()
  const port = await freePort()
  const as = ownedBy('mysql', folder)
  const data = join(folder, 'data')
  const socketPath = join(folder, 'socket')
  const install = ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db']
  execFileSync('mariadb-install-db', install, { ...as, stdio: 'ignore' })
  const tls = certificate(folder, as)
  const { start, stop } = server(
    '/usr/sbin/mariadbd',
    [
      ...['--no-defaults', `--datadir=${data}`, `--socket=${socketPath}`, `--port=${port}`],
      ...[
        '--bind-address=127.0.0.1',
        `--ssl-cert=${tls.cert}`,
        `--ssl-key=${tls.key}`,
        '--pid-file=' + join(folder, 'pid'),
      ],
    ],
    as,
    () => exec('SELECT 1'),
  )
  const exec = async (...statements: string[]): Promise<void> => {
    const client = await createConnection({ socketPath, user: 'root' })
    client.on('error', () => undefined)
    for (const statement of ['USE mysql', 'CREATE DATABASE IF NOT EXISTS plant', 'USE plant', ...statements])
      await client.query(statement)
    await client.end()
  }
  await start()
  await exec(`CREATE USER reader@'%' IDENTIFIED BY '${PASSWORD}'`, "GRANT SELECT ON plant.* TO reader@'%'")
  return {
    connection: { kind: 'mysql', host: '127.0.0.1', port, database: 'plant', user: 'reader' },
    ...{ secrets: { password: PASSWORD }, ca: tls.ca, exec, start, stop },
  }
}

interface Identity {
  readonly uid?: number
  readonly gid?: number
}

function server(program: string, args: string[], as: Identity, answers: () => Promise<void>) {
  let child: ChildProcess | undefined
  const answer = () =>
    answers().then(
      () => true,
      () => false,
    )
  return {
    start: async () => {
      child = spawn(program, args, { ...as, stdio: 'ignore' })
      await until(answer, `${program} answers`, 60_000)
    },
    stop: async () => {
      const running = child
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
      const gone = new Promise((resolve) => running.once('exit', resolve))
      // PostgreSQL: immediate shutdown, with its children.
      running.kill('SIGQUIT')
      await gone
    },
  }
}

/** Database servers refuse to run as root. */
function ownedBy(user: string, folder: string): Identity {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
  const as = { uid: id('-u'), gid: id('-g') }
  chownSync(folder, as.uid, as.gid)
  return as
}

function writeOwned(folder: string, name: string, text: string): void {
  execFileSync('tee', [join(folder, name)], { input: text, stdio: ['pipe', 'ignore', 'ignore'] })
  chmodSync(join(folder, name), 0o644)
}

/** A certificate that is its own authority. */
function certificate(folder: string, as: Identity): { cert: string; key: string; ca: string } {
  const cert = join(folder, 'cert.pem')
  const key = join(folder, 'key.pem')
  const about = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...about],
    { stdio: 'ignore' },
  )
  chmodSync(key, 0o600)
  if (as.uid !== undefined && as.gid !== undefined) for (const file of [cert, key]) chownSync(file, as.uid, as.gid)
  return { cert, key, ca: readFileSync(cert, 'utf8') }
}

function newest(folder: string): string | undefined {
  const versions = existsSync(folder) ? readdirSync(folder).sort((a, b) => Number(b) - Number(a)) : []
  return versions.map((version) => join(folder, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')))
}

function hasUser(name: string): boolean {
  return process.getuid?.() !== 0 || spawnSync('id', [name]).status === 0
}
