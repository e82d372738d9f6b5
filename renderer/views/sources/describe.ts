/** One line about a source: where it connects to, and of which kind it is. */
import type { SourceConfig } from '../../../shared/config/workspace'
import { t } from '../../state/i18n.svelte'
import { addressText, kindName } from '../../state/sourceKinds'

export const addressOf = ({ connection }: SourceConfig): string =>
  connection.kind === 'demo' ? t('demo.address') : addressText(connection)

export const kindOf = ({ connection }: SourceConfig): string => kindName(connection.kind)
