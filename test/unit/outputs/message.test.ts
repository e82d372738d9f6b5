import { describe, expect, it } from 'vitest'
import { SOURCE_DOWN } from '../../../shared/config/alert'
import { messageOf } from '../../../main/outputs/message'
import { alertBody, item } from './bodies'

const english = { language: 'en' } as const

describe('a message', () => {
  it('of one alert names it in its title, and says what and when', () => {
    const { title, lines, critical } = messageOf([item(alertBody())], english)
    expect(title).toBe('Too hot is firing')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^temperature · north · 96\.1235 °C · at .*2023.* · critical$/)
    expect(critical).toBe(true)
  })

  it('of the end of an alert is not critical', () => {
    const { title, critical } = messageOf([item(alertBody({ notify: 'resolved', to: 'normal' }))], english)
    expect(title).toBe('Too hot is over')
    expect(critical).toBe(false)
  })

  it('of many has a list, cut where nobody reads on, and names three rules', () => {
    const items = Array.from({ length: 25 }, (_, n) => item(alertBody({ id: `a${n}`, name: `Rule ${n % 5}` })))
    const { title, lines } = messageOf(items, english)
    expect(title).toBe('25 alerts: Rule 0, Rule 1, Rule 2 …')
    expect(lines).toHaveLength(21)
    expect(lines[0]).toMatch(/^Rule 0 is firing · temperature/)
    expect(lines[20]).toBe('… and 5 more')
  })

  it('without a value or a series leaves them out', () => {
    const source = alertBody({ rule: SOURCE_DOWN, name: 'x', series: null, labels: {}, value: null, unit: null })
    const { title, lines } = messageOf([item(source)], english)
    expect(title).toBe('Source is away')
    expect(lines[0]).toMatch(/^plant · at /)
    expect(messageOf([item({ ...source, notify: 'resolved' })], english).title).toBe('Source is back')
  })

  it('takes a template: values, labels, and what is not known as it is written', () => {
    const text = '{{name}}|{{ value }}|{{site}}|{{state}}|{{nothing}}|{{constructor}}|{{unit}}'
    const { lines } = messageOf([item(alertBody())], { language: 'en', text })
    expect(lines).toEqual(['Too hot|96.1235|north|firing|{{nothing}}|{{constructor}}|°C'])
  })

  it('a label does not take the place of what a name means', () => {
    const { lines } = messageOf([item(alertBody({ labels: { name: 'mine', severity: 'none' } }))], {
      language: 'en',
      text: '{{name}} {{severity}}',
    })
    expect(lines).toEqual(['Too hot critical'])
  })

  it('speaks Chinese', () => {
    const { title, lines } = messageOf([item(alertBody())], { language: 'zh-CN' })
    expect(title).toContain('Too hot')
    expect(title).not.toContain('firing')
    expect(lines[0]).toMatch(/2023/)
  })

  it('of a test says that nothing is wrong', () => {
    const { title, lines } = messageOf([item({ kind: 'test', id: 't', time: 0 })], english)
    expect([title, ...lines].join(' ')).toContain('Nothing is wrong')
  })
})
