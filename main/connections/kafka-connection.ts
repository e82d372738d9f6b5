/** A kafkajs client from the settings of a source, and what its errors mean in words. */
import { randomBytes } from 'node:crypto'
import { Kafka } from 'kafkajs'
import type { KafkaConfig, SASLOptions } from 'kafkajs'
import type { SourceContext } from '../contracts'
import type { KafkaConnection } from '../../shared/config/sources/kafka'
import { registerCodecs } from './kafka-codecs'
import { stopIdleTimers } from './kafka-idle'
import { networkReason, REASONS } from './network-errors'

/** What a connection is made of, whoever uses it. */
export type KafkaLink = Pick<KafkaConnection, 'brokers' | 'security' | 'mechanism' | 'user' | 'tls'>

/** A broker that is silent for so long is gone. */
const REQUEST_TIMEOUT_MS = 10_000

export function kafkaClient(config: KafkaLink, context: SourceContext): Kafka {
  registerCodecs()
  stopIdleTimers()
  const { security, tls } = config
  const { key, passphrase } = context.secrets
  const ssl = {
    rejectUnauthorized: tls.verify,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  }
  const settings: KafkaConfig = {
    brokers: [...config.brokers],
    clientId: `weir-${context.id}`,
    connectionTimeout: REQUEST_TIMEOUT_MS,
    authenticationTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // The source owns the reconnecting; these few are for brokers that are only starting or changing leaders.
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1000, restartOnFailure: () => Promise.resolve(false) },
    logCreator: () => () => undefined,
    ...(security.endsWith('SSL') ? { ssl } : {}),
    ...(security.startsWith('SASL') ? { sasl: saslOf(config, context) } : {}),
  }
  return new Kafka(settings)
}

function saslOf({ mechanism, user = '' }: KafkaLink, { secrets }: SourceContext): SASLOptions {
  const { password = '', token = '' } = secrets
  switch (mechanism) {
    case 'PLAIN':
      return { mechanism: 'plain', username: user, password }
    case 'SCRAM-SHA-256':
      return { mechanism: 'scram-sha-256', username: user, password }
    case 'SCRAM-SHA-512':
      return { mechanism: 'scram-sha-512', username: user, password }
    case 'OAUTHBEARER':
      return { mechanism: 'oauthbearer', oauthBearerProvider: () => Promise.resolve({ value: token }) }
  }
}

/** New at every call, so that a member that is gone without a word does not hold the partitions for 30 s. */
export const groupOf = ({ group, sharedGroup }: KafkaConnection, { id }: SourceContext): string =>
  sharedGroup ? (group ?? `weir-${id}`) : `${group ?? `weir-${id}-`}${randomBytes(6).toString('hex')}`

export interface KafkaFailure {
  readonly reason: string
  /** The broker answered and said no. */
  readonly refused: boolean
}

/** Error types of the protocol that a person can mend. */
export const KAFKA_REFUSALS: Readonly<Record<string, (what: string) => string>> = {
  UNKNOWN_TOPIC_OR_PARTITION: (what) => `the topic ${what} does not exist`,
  INVALID_TOPIC_EXCEPTION: (what) => `the name ${what} is not allowed for a topic`,
  TOPIC_AUTHORIZATION_FAILED: (what) => `not authorised for the topic ${what}`,
  GROUP_AUTHORIZATION_FAILED: (what) => `not authorised to use the consumer group ${what}`,
  CLUSTER_AUTHORIZATION_FAILED: () => 'not authorised to use this cluster',
  UNSUPPORTED_SASL_MECHANISM: () => 'the broker refuses this way of signing in',
  SASL_AUTHENTICATION_FAILED: () => 'wrong user name or password',
}

/** @param what topic or group that the failed request was about. */
export function describeKafka(error: unknown, config: KafkaLink, what: string): KafkaFailure {
  const { type, name, message, broker, code } = rootOf(error)
  const refusal = type === undefined ? undefined : KAFKA_REFUSALS[type]
  if (refusal !== undefined) return { reason: refusal(what), refused: true }
  // The second: kafkajs takes the answer to a token that is refused for a part of the login.
  if (name === 'KafkaJSSASLAuthenticationError' || type === 'ILLEGAL_SASL_STATE')
    return { reason: signInReason(message, config), refused: true }
  const where = broker ?? config.brokers.join(', ')
  return { reason: addressReason(unreachable(message, code, where, config), where, config), refused: false }
}

function unreachable(message: string, code: string | undefined, where: string, { security }: KafkaLink): string {
  if (code === 'ECONNRESET' || code === 'EPIPE' || /closed/i.test(message) || message === 'Not connected')
    return `${where} closed the connection; does its security fit, ${security}?`
  if (code !== undefined) return networkReason(Object.assign(new Error(message), { code }), where)
  return /timeout|timed out/i.test(message) ? (REASONS['ETIMEDOUT']?.(where) ?? message) : message
}

export const isTopicGone = (error: unknown): boolean => rootOf(error).type === 'UNKNOWN_TOPIC_OR_PARTITION'

interface RootError {
  readonly type: string | undefined
  readonly name: string
  readonly message: string
  readonly broker: string | undefined
  readonly code: string | undefined
}

/** kafkajs wraps an error once for every loop of retries that it went through. */
function rootOf(error: unknown): RootError {
  let root = error instanceof Error ? error : new Error(String(error))
  while (root.cause instanceof Error && text(root, 'type') === undefined) root = root.cause
  return {
    type: text(root, 'type'),
    name: root.name,
    message: root.message,
    broker: text(root, 'broker'),
    code: text(root, 'code'),
  }
}

function text(error: Error, field: string): string | undefined {
  const value: unknown = (error as unknown as Record<string, unknown>)[field]
  return typeof value === 'string' ? value : undefined
}

function signInReason(message: string, { mechanism }: KafkaLink): string {
  if (/does not support|not enabled|unsupported/i.test(message)) return 'the broker refuses this way of signing in'
  return mechanism === 'OAUTHBEARER' ? 'the broker refuses the token' : 'wrong user name or password'
}

/** A cluster names the addresses of its brokers itself; these may fit another network only. */
const addressReason = (reason: string, where: string, { brokers }: KafkaLink): string =>
  brokers.includes(where) || where.includes(', ') || !reason.includes(where)
    ? reason
    : `${reason} (the cluster gives this address itself: see advertised.listeners)`
