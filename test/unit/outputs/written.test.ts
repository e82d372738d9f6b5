/** Names, rows and cuts of what leaves. */
import { describe, expect, it } from 'vitest'
import { headerOf, linesOf } from '../../../main/outputs/file-rows'
import { ALERTS, RESULTS } from '../../../main/outputs/sql-rows'
import { fillName, seriesOf } from '../../../main/outputs/templates'
import { cut, presetFault } from '../../../main/outputs/webhook-presets'
import { alertBody, item, resultBody } from './bodies'

const UNSAFE = /[/+#]/g

describe('a topic with names in braces', () => {
  it('is filled with what the body is of', () => {
    expect(fillName('weir/{pipeline}/{name}/{site}', 'out', resultBody(), UNSAFE)).toBe('weir/w/temperature/north')
    expect(fillName('{output}/{kind}/{rule}/{source}', 'out', alertBody(), UNSAFE)).toBe('out/alert/hot/plant')
  })

  it('has none where the body has nothing, whatever the name', () => {
    expect(fillName('{rule}/{constructor}/{__proto__}', 'out', resultBody(), UNSAFE)).toBe('none/none/none')
    expect(fillName('{name}', 'out', alertBody({ series: null }), UNSAFE)).toBe('none')
  })

  it('takes nothing in that would change its meaning, and no label for a name of its own', () => {
    const body = alertBody({ labels: { site: 'a/+/#', name: 'other', kind: 'result' } })
    expect(fillName('{site}/{name}/{kind}', 'out', body, UNSAFE)).toBe('a____/temperature/alert')
  })

  it('keeps the series of a test apart', () => {
    expect(seriesOf(resultBody())).toBe('plant/temperature{"site":"north"}')
    expect(seriesOf({ kind: 'test', id: 't', time: 0 })).toBe('t')
  })
})

describe('rows of a file', () => {
  const columns = headerOf('csv').trim().split(',').length

  it('have as many cells as the header, one row a statistic', () => {
    const rows = linesOf(item(resultBody({ labels: {} })), 'csv')
      .trim()
      .split('\n')
    expect(rows).toHaveLength(2)
    expect(rows.map((row) => row.split(',').length)).toEqual([columns, columns])
    expect(rows[0]).toContain(',mean,21.5,')
    expect(rows[1]).toContain(',max,,')
    expect(
      linesOf(item(alertBody({ labels: {} })), 'csv')
        .trim()
        .split(','),
    ).toHaveLength(columns)
  })

  it('keep a cell whole, and no formula of a spreadsheet', () => {
    const row = linesOf(item(alertBody({ name: '=cmd|"/c calc"', labels: {} })), 'csv')
    expect(row).toContain(`"'=cmd|""/c calc"""`)
  })

  it('are whole lines of JSON otherwise', () => {
    expect(headerOf('ndjson')).toBe('')
    expect(JSON.parse(linesOf(item(resultBody()), 'ndjson'))).toEqual(resultBody())
  })
})

describe('rows of a database', () => {
  it('have a cell for each column, with times to the microsecond', () => {
    const body = resultBody({ start: 1_700_000_000_000.25, end: -0.5 })
    const cells = RESULTS.cells(body)
    expect(cells).toHaveLength(RESULTS.columns.length)
    const at = (name: string) => cells[RESULTS.columns.findIndex((column) => column.name === name)]
    expect(at('start_time')).toBe('2023-11-14 22:13:20.000250')
    expect(at('end_time')).toBe('1969-12-31 23:59:59.999500')
    expect(at('number')).toBeNull()
    expect(ALERTS.cells(alertBody({ value: null }))).toHaveLength(ALERTS.columns.length)
  })
})

describe('texts for services', () => {
  it('are cut to whole characters within their bytes', () => {
    expect(cut('short', 10)).toBe('short')
    for (const bytes of [10, 11, 12, 13, 14]) {
      const short = cut('a😀😀😀😀😀', bytes)
      expect(Buffer.byteLength(short)).toBeLessThanOrEqual(bytes)
      expect(short).toMatch(/^a(😀)*…$/u)
    }
  })

  it('are taken where the service says so, whatever its status', () => {
    expect(presetFault('dingtalk', '{"errcode":0}')).toBeNull()
    expect(presetFault('wecom', '{"errcode":93000,"errmsg":"invalid"}')).toContain('invalid (93000)')
    expect(presetFault('wecom', '<html>')).toContain('not of this service')
    expect(presetFault('slack', 'anything')).toBeNull()
  })
})
