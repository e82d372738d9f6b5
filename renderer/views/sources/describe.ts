/** One line about a source: where it connects to, and of which kind it is. */
import type { SourceConfig } from '../../../shared/config/workspace'
import { t } from '../../state/i18n.svelte'

export function addressOf(source: SourceConfig): string {
  const connection = source.connection
  switch (connection.kind) {
    case 'mqtt':
      return connection.url
    case 'tcp':
    case 'udp':
      return `${connection.kind}://${connection.host}:${connection.port}`
    case 'websocket':
      return connection.mode === 'client' ? (connection.url ?? '') : `ws://${connection.host}:${connection.port}`
    case 'kafka':
      return connection.brokers.join(', ')
    case 'file':
      return connection.path
    case 'demo':
      return t('demo.address')
  }
}

export const kindOf = (source: SourceConfig): string =>
  ({
    mqtt: 'MQTT',
    kafka: 'Kafka',
    tcp: 'TCP',
    websocket: 'WebSocket',
    udp: 'UDP',
    file: t('kind.file'),
    demo: t('kind.demo'),
  })[source.connection.kind]
