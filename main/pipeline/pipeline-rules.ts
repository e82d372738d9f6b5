/** What a pipeline must keep to beyond the form of its settings, besides where its input comes from. */
import type { Pipeline } from '../../shared/config/pipeline'
import type { PipelineProblem } from '../../shared/ipc/engine'
import { compilePattern } from '../../shared/model/pattern'
import { compileExpression, READING_VARIABLES } from '../transforms'
import { windowProblems } from './window-rules'

/** Nothing where the definition can run. */
export function pipelineProblems(pipeline: Pipeline): PipelineProblem[] {
  const { select, filter, scale, expression } = pipeline
  return [
    ...select.flatMap((pattern, i) => problem(`select.${i}`, () => compilePattern(pattern))),
    ...(filter === undefined ? [] : problem('filter', () => compileExpression(filter, READING_VARIABLES))),
    ...(scale === undefined || (Number.isFinite(scale.factor) && Number.isFinite(scale.offset))
      ? []
      : [{ field: 'scale', message: 'factor and offset must be finite numbers' }]),
    ...(expression === undefined ? [] : problem('expression', () => compileExpression(expression, READING_VARIABLES))),
    ...joinProblems(pipeline),
    ...twice('groupBy', pipeline.groupBy, 'label'),
    ...twice('aggregates', pipeline.aggregates, 'statistic'),
    ...windowProblems(pipeline),
  ]
}

function joinProblems({ combine, groupBy }: Pipeline): PipelineProblem[] {
  if (combine === undefined) return []
  const names = combine.inputs.map((input) => input.as)
  const unknown = groupBy.filter((label) => !combine.on.includes(label))
  return [
    ...combine.inputs.flatMap(({ series }, i) => problem(`combine.inputs.${i}.series`, () => compilePattern(series))),
    ...names.flatMap((name, i) =>
      names.indexOf(name) === i
        ? []
        : [{ field: `combine.inputs.${i}.as`, message: `another input is called ${name} already` }],
    ),
    ...problem('combine.expression', () => compileExpression(combine.expression, names)),
    ...twice('combine.on', combine.on, 'label'),
    ...unknown.map((label) => ({
      field: 'groupBy',
      message: `joined series have only the labels in which they agree; add ${label} to combine.on or leave it out`,
    })),
  ]
}

function twice(field: string, names: readonly string[], what: string): PipelineProblem[] {
  const again = names.filter((name, i) => names.indexOf(name) !== i)
  return again.map((name) => ({ field, message: `the ${what} ${name} is given twice` }))
}

function problem(field: string, compile: () => unknown): PipelineProblem[] {
  try {
    compile()
    return []
  } catch (error) {
    return [{ field, message: error instanceof Error ? error.message : String(error) }]
  }
}
