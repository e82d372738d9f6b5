import { describe, expect, it } from 'vitest'
import { pipeline } from '../../../shared/config/pipeline'
import type { EngineConnection } from '../../../renderer/state/connection.svelte'
import { PipelineForm } from '../../../renderer/state/pipelineForm.svelte'
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
const newForm = (answers: Readonly<Record<string, unknown>> = {}) => {
  const { asked, connection } = engine(answers)
  return { asked, form: new PipelineForm(connection, () => ['means'], undefined, 'plant') }
}

describe('the form of a pipeline', () => {
  it('begins with something that can be saved, under an id of its own', () => {
    const { form } = newForm()
    form.set('name', 'Means')
    expect(form.value).toMatchObject({ id: 'means-2', name: 'Means', source: 'plant', window: { kind: 'tumbling' } })
  })

  it('keeps what it does not show of a stored pipeline, and its id', () => {
    const stored = pipeline.parse({ id: 'p', name: 'P', source: 'plant', window: { kind: 'whole' }, unit: 'V' })
    const form = new PipelineForm(engine({}).connection, () => ['p'], stored, undefined)
    form.set('name', 'Q')
    expect(form.value).toEqual({ ...stored, name: 'Q' })
  })

  it('leaves out what is emptied', () => {
    const { form } = newForm()
    form.set('filter', 'value > 0')
    form.set('filter', '')
    expect(form.value).not.toHaveProperty('filter')
  })

  it('says what is wrong beside the setting once something was typed', () => {
    const { form } = newForm()
    form.set('window.size', 'soon')
    expect(form.problem('window.size')).toMatch(/duration/)
    expect(form.problem('window.slide')).toBeNull()
    expect(form.value).toBeNull()
    expect(form.ready).toBe(false)
  })

  it('takes numbers for count windows and for the scale', () => {
    const { form } = newForm()
    form.setWindow('count')
    form.setNumber('window.size', '50')
    form.setNumber('scale.factor', '0.1')
    expect(form.value).toMatchObject({ window: { kind: 'count', size: 50 }, scale: { factor: 0.1, offset: 0 } })
    form.setNumber('window.size', 'many')
    expect(form.value).toBeNull()
  })

  it.each(['tumbling', 'hopping', 'cumulative', 'session', 'calendar', 'count', 'whole'])(
    'a change to %s windows is complete',
    (kind) => {
      const { form } = newForm()
      form.setWindow(kind)
      expect(form.value?.window.kind).toBe(kind)
    },
  )

  it('reads either a source or another pipeline', () => {
    const { form } = newForm()
    form.setInput('pipeline\0means')
    expect(form.value).toMatchObject({ upstream: { pipeline: 'means', statistic: 'mean' } })
    expect(form.value).not.toHaveProperty('source')
    form.setInput('source\0plant')
    expect(form.value).not.toHaveProperty('upstream')
  })

  it('asks the engine for problems first, and tries only what has none', async () => {
    const wrong = newForm({ checkPipeline: [{ field: 'expression', message: 'no such name: x' }] })
    wrong.form.set('expression', 'x')
    await wrong.form.check()
    expect(wrong.asked.map(({ method }) => method)).toEqual(['checkPipeline'])
    expect(wrong.form.problem('expression')).toBe('no such name: x')
    expect(wrong.form.ready).toBe(false)

    const right = newForm({ checkPipeline: [], previewPipeline: { windows: 3 } })
    await right.form.check()
    expect(right.asked.map(({ method }) => method)).toEqual(['checkPipeline', 'previewPipeline'])
    expect(right.form.preview).toMatchObject({ windows: 3 })
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
