/** What an output takes, in one line. */
import type { OutputConfig } from '../../../shared/config/output'
import type { Workspace } from '../../../shared/config/workspace'
import { t } from '../../state/i18n.svelte'

export function takenText(output: OutputConfig, workspace: Workspace | null): string {
  const names = output.pipelines.map((id) => workspace?.pipelines.find((entry) => entry.id === id)?.name ?? id)
  const alerts = alertsText(output, workspace)
  return [...names, ...(alerts === null ? [] : [alerts])].join(', ') || t('outputs.takesNothing')
}

/** @returns null where no rule names it */
function alertsText({ id, alerts }: OutputConfig, workspace: Workspace | null): string | null {
  if (alerts === 'all') return t('outputs.allAlerts')
  const rules = (workspace?.alerts ?? []).filter(({ notify }) => notify.outputs.includes(id))
  const down = workspace?.sourceDown.notify.outputs.includes(id) ? 1 : 0
  return rules.length + down === 0 ? null : t('outputs.alertsOf', { n: rules.length + down })
}
