import { describe, expect, it } from 'vitest'
import { proposeTemplate, splitBrokerUrl } from '../../../renderer/state/brokerUrl'
import { applies, schemaFields, valueAt, withValue } from '../../../renderer/state/schemaFields'
import type { SchemaField } from '../../../renderer/state/schemaFields'
import { FormValues } from '../../../renderer/state/formValues.svelte'
import { readAddress } from '../../../renderer/state/sourceAddress'
import { Tail, hexLines } from '../../../renderer/state/tail.svelte'
import { decoding } from '../../../shared/config/decoding'
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
  it('puts the basic fields first, a secret behind its field, and leaves out constants', () => {
    expect(fields.slice(0, 4).map((field) => field.path)).toEqual(['url', 'user', 'password', 'subscriptions'])
    expect(fields.map((field) => field.path)).not.toContain('kind')
  })
  it('makes rows with columns of lists, and choices of unions of numbers', () => {
    const rows = fields.find((field) => field.path === 'subscriptions')
    expect(rows).toMatchObject({ kind: 'rows', required: true, hint: { discover: true } })
    expect(rows?.columns.map(({ path, kind, choices }) => [path, kind, choices])).toEqual([
      ['filter', 'text', []],
      ['qos', 'choice', [0, 1]],
      ['share', 'text', []],
    ])
  })
  it.each([
    ['mqtt://a', false],
    ['mqtts://a', true],
    ['wss://a', true],
    ['', false],
  ])('shows TLS fields for %s: %s', (url, shown) => {
    for (const path of ['tls.verify', 'tls.ca', 'key', 'passphrase']) {
      const field = fields.find((one) => one.path === path) as SchemaField
      expect(applies(field, { url }, fields), path).toBe(shown)
    }
  })
  it('takes the default of what is not set where a condition asks for it', () => {
    const all = schemaFields(decoding.omit({ fields: true }))
    const columns = all.find((field) => field.path === 'columns') as SchemaField
    expect(applies(columns, {}, all)).toBe(false)
    expect(applies(columns, { format: 'csv' }, all)).toBe(true)
  })
  it('knows kinds, choices and what folds', () => {
    const of = (path: string) => fields.find((field) => field.path === path)
    expect(of('url')).toMatchObject({ kind: 'text', required: true })
    expect(of('protocol')).toMatchObject({ kind: 'choice', choices: ['auto', '5.0', '3.1.1'], fallback: 'auto' })
    expect(of('cleanStart')).toMatchObject({ kind: 'boolean' })
    expect(of('tls.ca')).toMatchObject({ kind: 'pem' })
    expect(of('keepAlive')?.hint.advanced).toBe(true)
  })
  it('changes nested values without touching the rest', () => {
    const before = { url: 'x', tls: { verify: true, ca: 'a' } }
    expect(withValue(before, 'tls.ca', undefined)).toEqual({ url: 'x', tls: { verify: true } })
    expect(valueAt(withValue(before, 'tls.verify', false), 'tls.verify')).toBe(false)
    expect(before.tls.ca).toBe('a')
  })
})

describe('what stands in a form', () => {
  const form = (): FormValues => new FormValues(mqttConnection, 'form.mqtt', { kind: 'mqtt', url: 'mqtt://a' })
  const subscriptions = schemaFields(mqttConnection).find((field) => field.path === 'subscriptions') as SchemaField

  it('has a row to type into, and saves no empty one', () => {
    const values = form()
    expect(values.rows(subscriptions)).toEqual([{}])
    values.setRow(subscriptions, 0, { filter: 'a' })
    values.addRow(subscriptions)
    expect(values.settings()['subscriptions']).toEqual([{ filter: 'a' }])
  })
  it('ticks names in and out of a list', () => {
    const values = form()
    values.tick(subscriptions, 'a/b', true)
    values.tick(subscriptions, 'c', true)
    values.tick(subscriptions, 'a/b', false)
    expect(values.settings()['subscriptions']).toEqual([{ filter: 'c' }])
  })
  it('saves nothing that does not fit the rest, and keeps it while the user looks around', () => {
    const values = form()
    values.set('url', 'mqtts://a')
    values.set('tls.ca', 'text')
    values.set('url', 'mqtt://a')
    expect(valueAt(values.settings(), 'tls.ca')).toBeUndefined()
    values.set('url', 'mqtts://a')
    expect(valueAt(values.settings(), 'tls.ca')).toBe('text')
  })
})

describe('an address', () => {
  it.each([
    ['mqtts://anna:p%40ss@host:8883', 'mqtt', { url: 'mqtts://host:8883', user: 'anna' }, { password: 'p@ss' }],
    ['tcp://host:1883', 'mqtt', { url: 'mqtt://host:1883' }, {}],
    ['tcp://10.0.0.7:5020', 'tcp', { host: '10.0.0.7', port: 5020 }, {}],
    ['udp://239.1.1.1:9000', 'udp', { host: '239.1.1.1', port: 9000 }, {}],
    ['kafka://a:9093,b/plant', 'kafka', { brokers: ['a:9093', 'b:9092'], topics: ['plant'] }, {}],
    ['postgresql://me:x@db/plant', 'postgres', { host: 'db', database: 'plant', user: 'me' }, { password: 'x' }],
    ['/data/august.tsv', 'file', { path: '/data/august.tsv', format: 'tsv' }, {}],
    ['C:\\data\\a b.ndjson', 'file', { path: 'C:\\data\\a b.ndjson', format: 'ndjson' }, {}],
  ])('%s says what kind it is and what it tells', (text, kind, values, secrets) => {
    expect(readAddress(text)).toEqual({ kind, values, secrets })
  })
  it('is not any text', () => {
    expect(readAddress('plant')).toBeNull()
    expect(readAddress('gopher://x')).toBeNull()
  })
})

describe('a live tail', () => {
  const record = (key: string, payload: string) => ({
    key,
    payload,
    arrival: 0,
    size: payload.length,
    bytes: new TextEncoder().encode(payload),
  })
  const tail = (): Tail => new Tail(undefined as never, 'plant')

  it('keeps the newest thousand, searches words anywhere, and stands still while paused', () => {
    const one = tail()
    one.take({ source: 'plant', skipped: 3, records: Array.from({ length: 1200 }, (_, i) => record(`t/${i}`, 'x')) })
    expect([one.rows.length, one.rows[0]?.record.key, one.skipped]).toEqual([1000, 't/1199', 3])
    one.take({ source: 'other', skipped: 0, records: [record('no', 'no')] })
    one.search = '1199 x'
    expect(one.found).toHaveLength(1)
    one.search = ''
    one.togglePause()
    one.take({ source: 'plant', skipped: 0, records: [record('late', 'x')] })
    expect([one.found[0]?.record.key, one.newSincePause]).toEqual(['t/1199', 1])
    one.togglePause()
    expect(one.found[0]?.record.key).toBe('late')
  })
  it('shows bytes with their offset and characters', () => {
    const lines = hexLines(Uint8Array.from([0, 65, 255, ...Array<number>(14).fill(32)])).split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/^0000 {2}00 41 ff 20 .* {2}\.A\. +$/)
    expect(lines[1]).toMatch(/^0010 {2}20 +$/)
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
