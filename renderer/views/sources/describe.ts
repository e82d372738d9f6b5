/** One line about a source: where it connects to, and of which kind it is. */
import type { SourceConfig } from '../../../shared/config/workspace'
import { t } from '../../state/i18n.svelte'

export function addressOf(source: SourceConfig): string {
  const connection = source.connection
  switch (connection.kind) {
    case 'mqtt':
      return connection.url
    case 'file':
      return connection.path
    case 'demo':
      return t('demo.address')
  }
}

export const kindOf = (source: SourceConfig): string =>
  ({ mqtt: 'MQTT', file: t('kind.file'), demo: t('kind.demo') })[source.connection.kind]
