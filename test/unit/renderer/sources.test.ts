import { describe, expect, it } from 'vitest'
import { proposeTemplate, splitBrokerUrl } from '../../../renderer/state/brokerUrl'
import { schemaFields, valueAt, withValue } from '../../../renderer/state/schemaFields'
import { uniqueId } from '../../../renderer/state/slug'
import { seriesCondition, sourceWord } from '../../../renderer/state/sourceState'
import { mqttConnection } from '../../../shared/config/sources/mqtt'
import type { SeriesFrame } from '../../../shared/ipc/engine'

describe('a pasted broker address', () => {
  it('gives its user and password away', () => {
    expect(splitBrokerUrl('mqtts://monitor:p%40ss@plant.local:8883')).toEqual({
      url: 'mqtts://plant.local:8883',
      user: 'monitor',
      password: 'p@ss',
    })
    expect(splitBrokerUrl('tcp://host:1883')).toEqual({ url: 'mqtt://host:1883' })
    expect(splitBrokerUrl('mqtt://anna@host')).toEqual({ url: 'mqtt://host', user: 'anna' })
    expect(splitBrokerUrl('a text')).toBeNull()
  })
  it('proposes labels for wildcards', () => {
    expect(proposeTemplate('plant/+/telemetry')).toBe('plant/{device}/telemetry')
    expect(proposeTemplate('plant/+/+/x')).toBe('plant/{device}/{level2}/x')
    expect(proposeTemplate('plant/boiler')).toBeNull()
  })
})

describe('a form from a schema', () => {
  const fields = schemaFields(mqttConnection)
  it('puts the basic fields first and leaves out lists and constants', () => {
    expect(fields.slice(0, 2).map((field) => field.path)).toEqual(['url', 'user'])
    expect(fields.map((field) => field.path)).not.toContain('subscriptions')
    expect(fields.map((field) => field.path)).not.toContain('kind')
  })
  it('knows kinds, choices and what folds', () => {
    const of = (path: string) => fields.find((field) => field.path === path)
    expect(of('url')).toMatchObject({ kind: 'text', required: true })
    expect(of('protocol')).toMatchObject({ kind: 'choice', choices: ['auto', '5.0', '3.1.1'], fallback: 'auto' })
    expect(of('cleanStart')).toMatchObject({ kind: 'boolean' })
    expect(of('tls.verify')?.hint.advanced).toBe(true)
  })
  it('changes nested values without touching the rest', () => {
    const before = { url: 'x', tls: { verify: true, ca: 'a' } }
    expect(withValue(before, 'tls.ca', undefined)).toEqual({ url: 'x', tls: { verify: true } })
    expect(valueAt(withValue(before, 'tls.verify', false), 'tls.verify')).toBe(false)
    expect(before.tls.ca).toBe('a')
  })
})

describe('ids', () => {
  it('are slugs and unique', () => {
    expect(uniqueId('Plant MQTT (north)', [])).toBe('plant-mqtt-north')
    expect(uniqueId('Plant', ['plant', 'plant-2'])).toBe('plant-3')
    expect(uniqueId('锅炉', [])).toBe('source')
  })
})

describe('states', () => {
  const frame: SeriesFrame = {
    id: 1,
    points: new Float64Array(0),
    windows: new Float64Array(0),
    provisional: null,
    count: 0,
    min: NaN,
    max: NaN,
    mean: NaN,
    last: { time: 0, value: 1, arrival: 28_000 },
    stale: true,
  }
  const live = { source: { state: 'live' }, engineLive: true, paused: false, now: 0 } as const
  it('count down to the next attempt', () => {
    expect(sourceWord({ state: 'retrying', reason: 'x', at: 104_000 }, 100_000)).toMatchObject({
      tone: 'warn',
      params: { n: 4 },
    })
  })
  it('call a quiet series silent, with a dash for its value', () => {
    expect(seriesCondition(frame, { ...live, now: 100_000 })).toMatchObject({
      key: 'state.silent',
      params: { time: '1:12' },
      value: 'none',
    })
  })
  it('blame the source, not the sensor, while the source is away', () => {
    expect(seriesCondition(frame, { ...live, source: { state: 'retrying', reason: 'x', at: 0 } })).toMatchObject({
      key: 'state.retrying',
      value: 'old',
    })
    expect(seriesCondition(frame, { ...live, engineLive: false })).toMatchObject({ key: 'state.notLive', value: 'old' })
  })
  it('call nothing live while the view stands still', () => {
    expect(seriesCondition({ ...frame, stale: false }, { ...live, paused: true })).toMatchObject({
      key: 'state.paused',
    })
  })
})
