/** Connecting to an MQTT broker: options, version fall-back, and what a refusal means. */
import { connect } from 'mqtt'
import type { IClientOptions, MqttClient } from 'mqtt'
import type { SourceContext } from '../contracts'
import { durationMs } from '../../shared/config/duration'
import type { MqttConnection } from '../../shared/config/sources/mqtt'
import { networkReason } from './network-errors'
import { pemText } from './pem'

export type ProtocolVersion = 4 | 5

/** What a connection is made of, whoever uses it. */
export type MqttLink = Pick<
  MqttConnection,
  'url' | 'user' | 'clientId' | 'cleanStart' | 'sessionExpiry' | 'receiveMaximum' | 'keepAlive' | 'tls'
>

/** The other side answered and said no, or could not be reached. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure'
  constructor(
    message: string,
    readonly refused: boolean,
    /** The broker does not know MQTT 5. */
    readonly versionRefused = false,
  ) {
    super(message)
  }
}

/** CONNACK codes of MQTT 3.1.1 (1–5) and reason codes of MQTT 5 (128 and above). */
export const REFUSALS: Readonly<Record<number, string>> = {
  1: 'the broker does not speak this version of MQTT',
  2: 'the broker refuses the client ID',
  3: 'the broker is not available',
  4: 'wrong user name or password',
  5: 'not allowed: wrong user name or password, or no right to connect',
  132: 'the broker does not speak this version of MQTT',
  133: 'the broker refuses the client ID',
  134: 'wrong user name or password',
  135: 'not allowed: wrong user name or password, or no right to connect',
  136: 'the broker is not available',
  137: 'the broker is busy',
  138: 'this client is banned',
  140: 'the broker refuses this way of signing in',
  151: 'the quota at the broker is used up',
  156: 'the broker asks to use another server',
  157: 'the broker has moved',
  159: 'the broker refuses so many connections at once',
}

export const brokerName = (url: string): string =>
  url
    .replace(/^(\w+:\/\/)[^@/]*@/, '$1')
    .replace(/^\w+:\/\//, '')
    .replace(/\/.*$/, '')

/** @throws ConnectFailure */
export async function connectMqtt(
  config: MqttLink,
  context: SourceContext,
  version: ProtocolVersion,
  prepare: (client: MqttClient) => void,
): Promise<MqttClient> {
  const where = brokerName(config.url)
  const client = connect(config.url, optionsOrFailure(config, context, version))
  prepare(client)
  return new Promise((resolve, reject) => {
    const fail = (failure: ConnectFailure) => {
      client.removeAllListeners('connect')
      client.end(true)
      reject(failure)
    }
    client.once('connect', () => {
      client.removeListener('error', onError)
      client.removeListener('close', onClose)
      resolve(client)
    })
    const onError = (error: Error & { code?: string | number }) => fail(failureOf(error, where))
    const onClose = () =>
      fail(new ConnectFailure(`${where} closed the connection before it answered; is it an MQTT broker?`, false, true))
    client.once('error', onError)
    client.once('close', onClose)
    // An error after the first one is followed by `close`; without a listener it would end the process.
    client.on('error', () => undefined)
  })
}

function failureOf(error: Error & { code?: string | number }, where: string): ConnectFailure {
  if (typeof error.code === 'number')
    return new ConnectFailure(
      REFUSALS[error.code] ?? `the broker refuses (code ${error.code})`,
      true,
      error.code === 1 || error.code === 132,
    )
  if (error.message === 'connack timeout')
    return new ConnectFailure(`${where} does not answer; is it an MQTT broker?`, false)
  return new ConnectFailure(networkReason(error, where), false)
}

export const clientIdOf = (config: MqttLink, context: SourceContext): string =>
  config.clientId ?? `weir-${context.installation}-${context.id}`

/** @throws ConnectFailure where a file that the settings name cannot be read. */
function optionsOrFailure(config: MqttLink, context: SourceContext, version: ProtocolVersion): IClientOptions {
  try {
    return clientOptions(config, context, version)
  } catch (error) {
    throw new ConnectFailure(error instanceof Error ? error.message : String(error), false)
  }
}

function clientOptions(config: MqttLink, context: SourceContext, version: ProtocolVersion): IClientOptions {
  const { tls } = config
  const password = context.secrets['password']
  const key = context.secrets['key']
  const passphrase = context.secrets['passphrase']
  return {
    protocolVersion: version,
    clientId: clientIdOf(config, context),
    clean: config.cleanStart,
    keepalive: Math.round(durationMs(config.keepAlive) / 1000),
    connectTimeout: 10_000,
    // This module owns the reconnecting: waits that grow, a fresh client each time.
    reconnectPeriod: 0,
    resubscribe: false,
    ...(version === 5
      ? {
          properties: {
            receiveMaximum: config.receiveMaximum,
            sessionExpiryInterval: config.cleanStart ? 0 : Math.round(durationMs(config.sessionExpiry) / 1000),
          },
        }
      : {}),
    ...(config.user === undefined ? {} : { username: config.user }),
    ...(password === undefined ? {} : { password }),
    rejectUnauthorized: tls.verify,
    ...(tls.ca === undefined ? {} : { ca: pemText(tls.ca) }),
    ...(tls.cert === undefined ? {} : { cert: pemText(tls.cert) }),
    ...(tls.alpn === undefined ? {} : { ALPNProtocols: [tls.alpn] }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  }
}

/** Whether to try again with MQTT 3.1.1. */
export const isOlderBroker = (error: unknown, protocol: MqttConnection['protocol']): boolean =>
  error instanceof ConnectFailure && error.versionRefused && protocol === 'auto'

/** With MQTT 5, or 3.1.1 where that is wanted or the broker knows no other. @throws ConnectFailure */
export async function connectAnyMqtt(
  config: MqttLink & Pick<MqttConnection, 'protocol'>,
  context: SourceContext,
  prepare: (client: MqttClient) => void,
): Promise<MqttClient> {
  try {
    return await connectMqtt(config, context, config.protocol === '3.1.1' ? 4 : 5, prepare)
  } catch (error) {
    if (!isOlderBroker(error, config.protocol)) throw error
    return connectMqtt(config, context, 4, prepare)
  }
}

/** @throws ConnectFailure where the broker refuses a subscription. */
export async function subscribe(client: MqttClient, config: MqttConnection): Promise<void> {
  const topics = Object.fromEntries(
    config.subscriptions.map(({ filter, qos, share }) => [
      share === undefined ? filter : `$share/${share}/${filter}`,
      { qos },
    ]),
  )
  try {
    const granted = await client.subscribeAsync(topics)
    const refused = granted.find((grant) => (grant.qos as number) >= 128)
    if (refused !== undefined) throw new Error(refused.topic)
  } catch (error) {
    throw new ConnectFailure(
      `the broker refuses a subscription: ${error instanceof Error ? error.message : String(error)}`,
      true,
    )
  }
}
