/**
 * A real Apache Kafka broker on 127.0.0.1: one KRaft process with a listener of every kind. It is stopped by its
 * process id, and keeps its log over a restart. Free of the test runner, for benchmarks too.
 */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** By the setting `security` of a source; `mutual` is SSL with a client certificate. */
const LISTENERS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL', 'MUTUAL'] as const
type Listener = (typeof LISTENERS)[number]

export interface KafkaBroker {
  /** `host:port` of a listener. */
  readonly at: Readonly<Record<Listener, string>>
  /** PEM files: `ca.pem` of the authority, `client.pem` and `client.key` signed by it. */
  readonly folder: string
  readonly pid: number
  start(): Promise<void>
  /** SIGKILL: the fault that tests need, and nothing to wait for. */
  stop(): Promise<void>
}

/** `guest` may connect and nothing else. */
export const USERS = { monitor: 'right', guest: 'guest' } as const

/** The folder with the jars, from `npm test` and `npm run bench`; undefined: no Kafka on this machine. */
export const kafkaJars = process.env['WEIR_KAFKA']

export async function startKafka(folder: string): Promise<KafkaBroker> {
  const ports = await freePorts(LISTENERS.length + 1)
  makeCertificates(folder)
  writeFileSync(join(folder, 'server.properties'), properties(folder, ports).join('\n'))
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=monitor,password=${USERS.monitor}]`,
  ])
  const format = ['kafka.tools.StorageTool', 'format', '-t', 'WeirWeirWeirWeirWeirWQ', ...scram]
  must('java', [...java(), ...format, '-c', join(folder, 'server.properties')])
  const broker = new Broker(folder, ports)
  await broker.start()
  return broker
}

class Broker implements KafkaBroker {
  readonly at: Readonly<Record<Listener, string>>
  private child: ChildProcess | undefined
  private starts = 0

  constructor(
    readonly folder: string,
    ports: readonly number[],
  ) {
    const entries = LISTENERS.map((name, i) => [name, `127.0.0.1:${ports[i]}`])
    this.at = Object.fromEntries(entries) as Record<Listener, string>
  }

  get pid(): number {
    return this.child?.pid ?? 0
  }

  async start(): Promise<void> {
    this.starts += 1
    const log = join(this.folder, `broker-${this.starts}.log`)
    const out = openSync(log, 'w')
    const memory = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
    const child = spawn('java', [...memory, ...java(), 'kafka.Kafka', join(this.folder, 'server.properties')], {
      stdio: ['ignore', out, out],
    })
    this.child = child
    while (!readFileSync(log, 'utf8').includes('Kafka Server started')) {
      if (child.exitCode !== null) throw new Error(`the broker ended: ${readFileSync(log, 'utf8').slice(-2000)}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async stop(): Promise<void> {
    const { child } = this
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }
}

const java = (): string[] => ['-Dorg.slf4j.simpleLogger.defaultLogLevel=info', '-cp', join(kafkaJars ?? '', '*')]

function properties(folder: string, ports: readonly number[]): string[] {
  const controller = ports[LISTENERS.length]
  const addresses = LISTENERS.map((name, i) => `${name}://127.0.0.1:${ports[i]}`)
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule required'
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  const bearer =
    'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="x";'
  const users = Object.entries(USERS).map(([name, password]) => `user_${name}="${password}"`)
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    'controller.listener.names=CONTROLLER',
    `listeners=${addresses.join(',')},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=${addresses.join(',')}`,
    'inter.broker.listener.name=PLAINTEXT',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL,MUTUAL:SSL,CONTROLLER:PLAINTEXT',
    `log.dirs=${folder}/log`,
    'auto.create.topics.enable=false',
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'broker.session.timeout.ms=3000',
    'log.retention.check.interval.ms=1000',
    'log.segment.delete.delay.ms=100',
    'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users=User:ANONYMOUS;User:monitor;User:CN=weir',
    'ssl.keystore.type=PEM',
    `ssl.keystore.location=${folder}/server-store.pem`,
    'ssl.truststore.type=PEM',
    `ssl.truststore.location=${folder}/ca.pem`,
    'listener.name.mutual.ssl.client.auth=required',
    'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    ...['sasl_plaintext', 'sasl_ssl'].flatMap((name) => [
      `listener.name.${name}.plain.sasl.jaas.config=${plain} ${users.join(' ')};`,
      `listener.name.${name}.scram-sha-256.sasl.jaas.config=${scram}`,
      `listener.name.${name}.scram-sha-512.sasl.jaas.config=${scram}`,
      `listener.name.${name}.oauthbearer.sasl.jaas.config=${bearer}`,
    ]),
    '',
  ]
}

/** An authority, a certificate of it for 127.0.0.1 and one for a client. */
function makeCertificates(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const at = (name: string) => join(folder, name)
  const fresh = ['-newkey', 'rsa:2048', '-nodes', '-batch']
  must('openssl', [
    'req',
    '-x509',
    ...fresh,
    '-subj',
    '/CN=test-authority',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  ])
  writeFileSync(at('server.ext'), 'subjectAltName=IP:127.0.0.1')
  writeFileSync(at('client.ext'), 'extendedKeyUsage=clientAuth')
  for (const [name, subject] of [
    ['server', '/CN=localhost'],
    ['client', '/CN=weir'],
  ] as const) {
    must('openssl', ['req', ...fresh, '-subj', subject, '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`)])
    const signing = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at(`${name}.ext`)]
    must('openssl', ['x509', '-req', '-in', at(`${name}.csr`), ...signing, '-out', at(`${name}.pem`)])
  }
  writeFileSync(at('server-store.pem'), readFileSync(at('server.key'), 'utf8') + readFileSync(at('server.pem'), 'utf8'))
}

function must(command: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${error?.message ?? `${stdout}${stderr}`}`)
}

/** All at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
