import { describe, expect, it } from 'vitest'
import { pipeline } from '../../../shared/config/pipeline'
import type { EngineConnection } from '../../../renderer/state/connection.svelte'
import { suggestedName } from '../../../renderer/state/pipelineDraft'
import { PipelineForm } from '../../../renderer/state/pipelineForm.svelte'
import type { Surroundings } from '../../../renderer/state/pipelineForm.svelte'
import { PipelinePreview } from '../../../renderer/state/pipelinePreview.svelte'
import { problemWithLabel } from '../../../renderer/state/pipelineProblems'
import { pipelineState } from '../../../renderer/views/pipelines/pipelineState'
import { drawnAtFirst, previewLines } from '../../../renderer/views/pipelines/previewLines'
import type { Pipeline } from '../../../shared/config/pipeline'
import { isPercentile, percentileName, STATISTIC_GROUPS } from '../../../renderer/views/pipelines/statistics'

interface Asked {
  readonly method: string
  readonly params: unknown
}

/** An engine that answers as told. */
function engine(answers: Readonly<Record<string, unknown>>) {
  const asked: Asked[] = []
  const call = (method: string, params: unknown) => {
    asked.push({ method, params })
    return Promise.resolve({ ok: true, value: answers[method] })
  }
  return { asked, connection: { call } as unknown as EngineConnection }
}
const means = pipeline.parse({ id: 'means', name: 'Means', source: 'plant', window: { kind: 'tumbling', size: '1m' } })
const around = (pipelines: readonly Pipeline[] = [means]): Surroundings => ({
  pipelines,
  sources: [{ id: 'plant', name: 'Plant' }],
  series: [
    { id: 1, source: 'plant', name: 'temperature', labels: { device: 'boiler' } },
    { id: 2, source: 'plant', name: 'temperature', labels: { device: 'hall' } },
    { id: 3, source: 'plant', name: 'pressure', labels: { line: '1' } },
    { id: 4, source: 'other', name: 'temperature', labels: {} },
  ],
})
const newForm = (answers: Readonly<Record<string, unknown>> = {}) => {
  const { asked, connection } = engine(answers)
  return { asked, form: new PipelineForm(connection, () => around(), null) }
}
const storedForm = (stored: Pipeline) =>
  new PipelineForm(engine({}).connection, () => around([means, stored]), stored.id)

describe('the form of a pipeline', () => {
  it('begins with something that can be saved, under an id and a name of its own', () => {
    const { form } = newForm()
    expect(form.value).toMatchObject({ id: 'plant-10m', name: 'Plant · 10m', source: 'plant' })
    form.set('name', 'Means')
    expect(form.value).toMatchObject({ id: 'means-2', name: 'Means', window: { kind: 'tumbling' } })
    expect(form.ready).toBe(true)
  })

  it('keeps what it does not show of a stored pipeline, its id, and whether it runs', () => {
    const stored = pipeline.parse({ ...means, id: 'p', enabled: false, window: { kind: 'whole' }, unit: 'V' })
    const form = storedForm(stored)
    form.set('name', 'Q')
    expect(form.value).toEqual({ ...stored, name: 'Q' })
  })

  it('knows whether anything has changed, and goes back to what is saved', () => {
    const form = storedForm({ ...means, id: 'p', filter: 'value > 0', select: ['a*', 'b*'] })
    expect([form.changed, form.ready]).toEqual([false, false])
    form.set('filter', 'value > 1')
    expect([form.changed, form.ready]).toEqual([true, true])
    form.set('filter', 'value > 0')
    expect(form.changed).toBe(false)
    form.set('filter', '')
    form.revert()
    expect([form.text('filter'), form.changed]).toEqual(['value > 0', false])
  })

  it('leaves out what is emptied', () => {
    const { form } = newForm()
    form.set('filter', 'value > 0')
    form.set('filter', '')
    expect(form.value).not.toHaveProperty('filter')
  })

  it('says in words what is wrong, beside the setting that was typed', () => {
    const { form } = newForm()
    form.set('window.size', 'soon')
    expect(form.problem('window.size')).toMatch(/^Write a length of time/)
    expect(form.problem('window.slide')).toBeNull()
    expect(form.value).toBeNull()
    expect(form.ready).toBe(false)
  })

  it('does not hold against anyone what was not typed yet, but names it', () => {
    const { form } = newForm()
    form.combineOn(true)
    expect(form.problem('combine')).toBeNull()
    expect(form.ready).toBe(false)
    expect(form.problems.map(problemWithLabel)).toContain('Series joined: Say which series.')
    form.changeInput(1, { series: 'pressure' })
    form.changeInput(1, { series: '' })
    expect(form.problem('combine.inputs.1')).toBe('Say which series.')
    expect(form.problem('combine.inputs.0')).toBeNull()
  })

  it('takes numbers for count windows and for the scale', () => {
    const { form } = newForm()
    form.setWindow('count')
    form.setNumber('window.size', '50')
    form.setNumber('scale.factor', '0.1')
    expect(form.value).toMatchObject({ window: { kind: 'count', size: 50 }, scale: { factor: 0.1, offset: 0 } })
    form.setNumber('window.size', 'many')
    expect(form.problem('window.size')).toMatch(/whole number/)
  })

  it.each(['tumbling', 'hopping', 'cumulative', 'session', 'calendar', 'count', 'whole'])(
    'a change to %s windows is complete',
    (kind) => {
      const { form } = newForm()
      form.setWindow(kind)
      expect(form.value?.window.kind).toBe(kind)
    },
  )

  it('reads either a source or another pipeline, of which it takes a statistic that there is', async () => {
    const key = { id: 9, source: 'plant', name: 'flow', labels: { well: '1' } }
    const { form } = newForm({ pipelineKeys: [key] })
    form.setInput('pipeline\0means')
    expect(form.value).toMatchObject({ upstream: { pipeline: 'means', statistic: 'mean' } })
    expect(form.value).not.toHaveProperty('source')
    await form.loadUpstreamKeys()
    expect(form.inputSeries).toEqual([key])
    form.setInput('source\0plant')
    expect(form.value).not.toHaveProperty('upstream')
    expect(form.inputSeries).toHaveLength(3)
  })

  it('counts the series that its patterns mean, and tells rows with and without text apart', () => {
    const { form } = newForm()
    expect(form.matching).toEqual({ found: 3, all: 3 })
    form.set('select', ['', 'temperature{device="boiler"}', 'press*'])
    expect(form.value?.select).toEqual(['temperature{device="boiler"}', 'press*'])
    expect(form.matching).toEqual({ found: 2, all: 3 })
    form.set('select', ['temperature{'])
    expect(form.matching).toBeNull()
  })

  it('puts the problem of a pattern to its row, past rows that are empty', async () => {
    const { form } = newForm({ checkPipeline: [{ field: 'select.1', message: 'expected a label at character 3' }] })
    form.set('select', ['a', '', 'b{'])
    await form.check()
    expect([0, 1, 2].map((row) => form.patternProblem(row))).toEqual([null, null, 'expected a label at character 3'])
  })

  it('asks the engine for problems first, and tries only what has none', async () => {
    const wrong = newForm({ checkPipeline: [{ field: 'expression', message: 'no such name: x' }] })
    wrong.form.set('expression', 'x')
    await wrong.form.check()
    expect(wrong.asked.map(({ method }) => method)).toEqual(['checkPipeline'])
    expect(wrong.form.problem('expression')).toBe('no such name: x')
    expect(wrong.form.problems.map(problemWithLabel)).toEqual(['Becomes: no such name: x'])
    expect(wrong.form.ready).toBe(false)

    const right = newForm({ checkPipeline: [], previewPipeline: { windows: 3 } })
    await right.form.check()
    expect(right.asked.map(({ method }) => method)).toEqual(['checkPipeline', 'previewPipeline'])
    expect(right.form.preview.result).toMatchObject({ windows: 3 })
  })

  it('is named after what it reads and its windows', () => {
    expect(suggestedName({ select: ['temp*{a="b"}'], window: { kind: 'hopping', size: '5m' } }, 'Plant')).toBe(
      'temp* · 5m',
    )
    expect(suggestedName({ combine: { name: 'power' }, window: { kind: 'session', gap: '9s' } }, 'Plant')).toBe(
      'power · 9s',
    )
    expect(suggestedName({ window: { kind: 'whole' } }, undefined)).toBe('pipeline')
  })
})

describe('the preview', () => {
  it('asks one question at a time, at last the newest, and none for a new name', async () => {
    const asked: { readonly span: number; readonly answer: () => void }[] = []
    const call = (_method: string, { span }: { span: number }) =>
      new Promise((resolve) => asked.push({ span, answer: () => resolve({ ok: true, value: { span } }) }))
    const preview = new PipelinePreview({ call } as unknown as EngineConnection)
    const done = preview.show(means)
    for (const span of [2, 3]) {
      preview.span = span
      void preview.show(means)
    }
    expect(asked.map(({ span }) => span)).toEqual([3_600_000])
    asked[0]?.answer()
    await expect.poll(() => asked.length).toBe(2)
    asked[1]?.answer()
    await done
    expect(preview.result).toEqual({ span: 3 })
    await preview.show({ ...means, name: 'Other' })
    expect(asked).toHaveLength(2)
    expect(preview.running).toBe(false)
  })

  it('shows no answer to a question that was taken back', async () => {
    let answer = (): void => undefined
    const call = () => new Promise((resolve) => (answer = () => resolve({ ok: true, value: {} })))
    const preview = new PipelinePreview({ call } as unknown as EngineConnection)
    const done = preview.show(means)
    preview.clear()
    answer()
    await done
    expect([preview.result, preview.running]).toEqual([null, false])
  })

  it('draws keys in the colours of their series, no two alike, with their figures', () => {
    const windows = Float64Array.of(0, 1, 4, 1, 2, NaN, 2, 3, 8)
    const keys = ['pressure{line="1"}', 'x', 'y'].map((key) => ({ key, windows }))
    const lines = previewLines(keys, around().series)
    expect(lines.map(({ colour }) => colour)).toEqual([3, 1, 2])
    expect(lines[0]).toMatchObject({ last: 8, min: 4, mean: 6, max: 8 })
    expect(previewLines([{ key: 'z', windows: new Float64Array(0) }], [])[0]).toMatchObject({ last: NaN, max: NaN })
  })

  it('begins with the keys that measure the same', () => {
    const keys = ['p{a="1"}', 'p{a="2"}', 'temperature'].map((key) => ({ key, windows: new Float64Array(0) }))
    expect([...drawnAtFirst(previewLines(keys, []))]).toEqual(['p{a="1"}', 'p{a="2"}'])
    expect(drawnAtFirst([]).size).toBe(0)
  })
})

describe('the state of a pipeline', () => {
  it('waits for one that it reads, however far away, and that is off', () => {
    const off = { ...means, enabled: false }
    const { source: _source, ...rest } = means
    const hours = { ...rest, id: 'hours', upstream: { pipeline: 'means', statistic: 'mean' } }
    const days = { ...rest, id: 'days', upstream: { pipeline: 'hours', statistic: 'mean' } }
    expect(pipelineState(days, [means, hours, days])).toMatchObject({ key: 'pipelines.on', waitingFor: null })
    expect(pipelineState(days, [off, hours, days])).toMatchObject({ key: 'pipelines.waiting', waitingFor: 'Means' })
    expect(pipelineState(off, [off])).toMatchObject({ key: 'pipelines.off' })
  })
})

describe('statistics of a window', () => {
  it('are all known to the schema', () => {
    const aggregates = STATISTIC_GROUPS.flatMap(([, names]) => [...names])
    expect(
      pipeline.parse({ id: 'p', name: 'P', source: 's', window: { kind: 'whole' }, aggregates }).aggregates,
    ).toEqual(aggregates)
    expect(aggregates.some(isPercentile)).toBe(false)
  })
  it.each([
    ['95', 'p95'],
    ['P 99.9', 'p99.9'],
    ['100', 'p100'],
    ['101', null],
    ['', null],
    ['mean', null],
  ])('%s is the percentile %s', (text, name) => {
    expect(percentileName(text)).toBe(name)
  })
})
