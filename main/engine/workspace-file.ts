/** The workspace file: read, checked, written whole. A broken one is kept aside and said; nothing of it is lost. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { describeIssues, emptyWorkspace, workspace } from '../../shared/config/workspace'
import { pipelineProblems } from '../pipeline/pipeline-rules'
import type { Workspace } from '../../shared/config/workspace'

/** Names the file, the field and the mend. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError'
}

/** @returns null where there is no such file. @throws WorkspaceError */
export async function readWorkspace(path: string): Promise<Workspace | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new WorkspaceError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new WorkspaceError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const parsed = workspace.safeParse(json)
  if (!parsed.success) throw new WorkspaceError(`${path}: ${describeIssues(parsed.error)}`)
  parsed.data.pipelines.forEach((pipeline, index) => {
    const [found] = pipelineProblems(pipeline)
    if (found !== undefined) throw new WorkspaceError(`${path}: pipelines[${index}].${found.field}: ${found.message}`)
  })
  return parsed.data
}

/** Atomic: a crash leaves the old file or the new one. */
export async function writeWorkspace(path: string, value: Workspace): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.new`
  await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`)
  await rename(temporary, path)
}

export interface OpenedWorkspace {
  readonly workspace: Workspace
  /** Where a broken file was kept, and what was wrong with it. */
  readonly broken: { readonly keptAs: string; readonly reason: string } | null
}

/** For the application: a broken file is renamed and an empty workspace started. */
export async function openWorkspace(path: string): Promise<OpenedWorkspace> {
  try {
    return { workspace: (await readWorkspace(path)) ?? emptyWorkspace(), broken: null }
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error
    const keptAs = `${path}.broken-${new Date().toISOString().replace(/[:.]/g, '-')}`
    await rename(path, keptAs)
    return { workspace: emptyWorkspace(), broken: { keptAs, reason: error.message } }
  }
}
