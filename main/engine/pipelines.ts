/** What windows may ask of pipelines: check, save, remove, list keys. */
import { withEntry } from './entries'
import { inputIssues } from '../../shared/config/workspace'
import type { Pipeline } from '../../shared/config/pipeline'
import type { Workspace } from '../../shared/config/workspace'
import type { PipelineProblem } from '../../shared/ipc/engine'
import { pipelineProblems } from '../pipeline/pipeline-rules'

/** Crosses to the window as the code of the failed call. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError'
  readonly code = 'BAD_REQUEST'
}

/** Nothing where the pipeline can run in this workspace, in the place of the one with its id. */
export function checkPipeline(pipeline: Pipeline, { sources, pipelines }: Workspace): PipelineProblem[] {
  const others = pipelines.filter(({ id }) => id !== pipeline.id)
  const ids = new Set(sources.map(({ id }) => id))
  const problems: PipelineProblem[] = [
    ...inputIssues(pipeline, ids, [...others, pipeline]),
    ...pipelineProblems(pipeline),
    ...labelProblems(pipeline, others),
  ]
  for (const reader of others)
    if (reader.upstream?.pipeline === pipeline.id && !pipeline.aggregates.includes(reader.upstream.statistic))
      problems.push({
        field: 'aggregates',
        message: `${reader.upstream.statistic} is needed by the pipeline ${reader.name}, which reads these results`,
      })
  return problems
}

/** Results have only the labels that their pipeline kept: grouping by others would put everything into one group. */
function labelProblems({ upstream, groupBy, combine }: Pipeline, others: readonly Pipeline[]): PipelineProblem[] {
  const reads = others.find(({ id }) => id === upstream?.pipeline)
  if (reads === undefined) return []
  const kept = reads.groupBy.length > 0 ? reads.groupBy : reads.combine?.on
  if (kept === undefined) return []
  const missing = (field: string, labels: readonly string[]) =>
    labels
      .filter((label) => !kept.includes(label))
      .map((label) => ({ field, message: `the results of ${reads.name} have no label ${label}` }))
  return combine === undefined ? missing('groupBy', groupBy) : missing('combine.on', combine.on)
}

/** @throws PipelineError naming every field with what is wrong */
export function refuseProblems(problems: readonly PipelineProblem[]): void {
  if (problems.length === 0) return
  throw new PipelineError(problems.map(({ field, message }) => `${field}: ${message}`).join('; '))
}

/** The workspace with this pipeline in the place of the one with its id, or as its last. */
export function withPipeline(workspace: Workspace, pipeline: Pipeline): Workspace {
  return { ...workspace, pipelines: withEntry(workspace.pipelines, pipeline) }
}

/** @throws PipelineError where another pipeline reads its results */
export function withoutPipeline(workspace: Workspace, id: string): Workspace {
  const gone = workspace.pipelines.find((entry) => entry.id === id)
  if (gone === undefined) throw new PipelineError(`there is no pipeline ${id}`)
  const readers = workspace.pipelines.filter(({ upstream }) => upstream?.pipeline === id)
  if (readers.length > 0)
    throw new PipelineError(
      `${gone.name} cannot be removed: ${readers.map(({ name }) => name).join(', ')} ${readers.length === 1 ? 'reads' : 'read'} its results; remove that first`,
    )
  return { ...workspace, pipelines: workspace.pipelines.filter((entry) => entry.id !== id) }
}
