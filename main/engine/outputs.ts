/** Changes of the outputs in the workspace. */
import type { OutputConfig } from '../../shared/config/output'
import { withEnabled, withEntry } from './entries'
import type { Workspace } from '../../shared/config/workspace'

/** Changes the workspace after the changes before it. */
export type ChangeWorkspace = <T>(task: (before: Workspace) => readonly [Workspace, T]) => Promise<T>

export class OutputDesk {
  constructor(private readonly change: ChangeWorkspace) {}

  /** Creates it, or replaces the one with its id. */
  save(output: OutputConfig): Promise<OutputConfig> {
    return this.change((before) => [{ ...before, outputs: withEntry(before.outputs, output) }, output])
  }

  /** Rules that name it no longer do. */
  remove(id: string): Promise<null> {
    return this.change((before) => {
      const without = <T extends { readonly notify: { readonly outputs: readonly string[] } }>(rule: T): T => ({
        ...rule,
        notify: { ...rule.notify, outputs: rule.notify.outputs.filter((entry) => entry !== id) },
      })
      const outputs = before.outputs.filter((entry) => entry.id !== id)
      return [{ ...before, outputs, alerts: before.alerts.map(without), sourceDown: without(before.sourceDown) }, null]
    })
  }

  setEnabled(id: string, enabled: boolean): Promise<null> {
    return this.change((before) => [{ ...before, outputs: withEnabled(before.outputs, id, enabled) }, null])
  }
}

/** Outputs no longer take the results of pipelines that are gone. */
export function withoutGone(workspace: Workspace): Workspace {
  const there = new Set(workspace.pipelines.map(({ id }) => id))
  const outputs = workspace.outputs.map((entry) => ({
    ...entry,
    pipelines: entry.pipelines.filter((id) => there.has(id)),
  }))
  return { ...workspace, outputs }
}
