import { describe, expect, it } from 'vitest'
import { definitionOf, isPlain, meaningOf, runningPipelines } from '../../../main/pipeline/definition'
import { pipelineProblems } from '../../../main/pipeline/pipeline-rules'
import type { Pipeline } from '../../../shared/config/pipeline'
import { describeIssues, workspace } from '../../../shared/config/workspace'
import { parsePipelines } from './support'
import type { PipelineInput } from './support'

const all = parsePipelines([
  { id: 'c', upstream: { pipeline: 'b', statistic: 'sum' } },
  { id: 'b', upstream: { pipeline: 'a', statistic: 'count' } },
  { id: 'a' },
  { id: 'other', source: 't' },
])
const [c, , a] = all as [Pipeline, Pipeline, Pipeline]
const changed = (id: string, change: Partial<Pipeline>) =>
  all.map((entry) => (entry.id === id ? { ...entry, ...change } : entry))

describe('what runs', () => {
  it('is in the order of dependence', () =>
    expect(runningPipelines('s', all).map(({ id }) => id)).toEqual(['a', 'b', 'c']))

  it('leaves out what reads a pipeline that is switched off', () =>
    expect(runningPipelines('s', changed('b', { enabled: false })).map(({ id }) => id)).toEqual(['a']))
})

describe('a definition', () => {
  it('does not know names, but all that comes before', () => {
    expect(definitionOf({ ...c, name: 'x', unit: 'W' }, all)).toBe(definitionOf(c, all))
    expect(definitionOf(c, changed('a', { filter: 'value > 0' }))).not.toBe(definitionOf(c, all))
  })

  it('changes its meaning with the formula, and by the windows of what it reads, not by its own', () => {
    const window = { kind: 'tumbling', size: '1h', offset: '0s' } as const
    expect(meaningOf({ ...a, window }, all)).toBe(meaningOf(a, all))
    expect(meaningOf({ ...a, aggregates: ['p95'] }, all)).toBe(meaningOf(a, all))
    expect(meaningOf({ ...a, expression: 'value * 2' }, all)).not.toBe(meaningOf(a, all))
    expect(meaningOf(c, changed('a', { window }))).not.toBe(meaningOf(c, all))
  })

  it('is plain where it has the readings as they came', () => {
    expect(isPlain(a)).toBe(true)
    expect(isPlain({ ...a, filter: 'value > 0' })).toBe(false)
    expect(isPlain(c)).toBe(false)
  })
})

describe('problems', () => {
  const problems = (change: Partial<PipelineInput>) =>
    pipelineProblems(parsePipelines([{ id: 'p', ...change }])[0] as Pipeline).map(({ field }) => field)

  it('name the field', () => {
    expect(problems({})).toEqual([])
    expect(problems({ select: ['a', '{'] })).toEqual(['select.1'])
    expect(problems({ expression: '1 +' })).toEqual(['expression'])
    expect(problems({ groupBy: ['x', 'x'] })).toEqual(['groupBy'])
    expect(problems({ groupBy: ['x'], aggregates: ['slope'] })).toEqual(['aggregates'])
    expect(problems({ window: { kind: 'calendar', unit: 'day', zone: 'Mars/Base' } })).toEqual(['window.zone'])
    const inputs = [
      { as: 'u', series: 'a{' },
      { as: 'u', series: 'b' },
    ]
    expect(problems({ combine: { inputs, expression: 'u + w', name: 'n' } })).toEqual([
      'combine.inputs.0.series',
      'combine.inputs.1.as',
      'combine.expression',
    ])
  })
})

describe('a workspace', () => {
  const source = { id: 's', name: 's', connection: { kind: 'demo' as const } }
  const issues = (pipelines: readonly PipelineInput[], sources: readonly { id: string }[] = [source]): string => {
    const entries = pipelines.map((entry) => ({ name: entry.id, window: { kind: 'whole' as const }, ...entry }))
    const parsed = workspace.safeParse({ version: 1, sources, pipelines: entries })
    return parsed.success ? '' : describeIssues(parsed.error)
  }
  const reads = (pipeline: string, statistic = 'sum') => ({ upstream: { pipeline, statistic } })

  it('has pipelines that lead to a source', () => {
    expect(
      issues([
        { id: 'a', source: 's' },
        { id: 'b', ...reads('a') },
      ]),
    ).toBe('')
    expect(issues([{ id: 'a' }])).toBe('pipelines[0].source: give either source or upstream')
    expect(issues([{ id: 'a', source: 's', ...reads('a') }])).toBe(
      'pipelines[0].source: give either source or upstream',
    )
    expect(issues([{ id: 'a', source: 'x' }])).toBe('pipelines[0].source: names no source: x')
    expect(issues([{ id: 'a', ...reads('x') }])).toBe('pipelines[0].upstream: names no pipeline: x')
    expect(
      issues([
        { id: 'a', source: 's' },
        { id: 'b', ...reads('a', 'p95') },
      ]),
    ).toBe('pipelines[1].upstream: a does not keep p95')
    expect(
      issues([
        { id: 'a', ...reads('b') },
        { id: 'b', ...reads('a') },
      ]),
    ).toMatch(/leads back to itself/)
  })

  it('has every id once, and none that derived series have', () => {
    expect(
      issues([
        { id: 'a', source: 's' },
        { id: 'a', source: 's' },
      ]),
    ).toBe('pipelines[1].id: is used twice: a')
    expect(issues([], [{ ...source, id: 'group' }])).toBe('sources[0].id: is reserved: group')
  })
})
