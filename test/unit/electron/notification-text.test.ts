import { describe, expect, it } from 'vitest'
import { notificationsOf } from '../../../main/electron/notification-text'
import { wordsOf } from '../../../main/electron/translations'
import type { AlertNotice } from '../../../shared/ipc/alerts'

const notice = (over: Partial<AlertNotice> = {}): AlertNotice => ({
  number: 1,
  id: 'hot:1:firing:0',
  rule: 'hot',
  name: 'Too hot',
  severity: 'critical',
  source: 'plant',
  series: 1,
  from: 'normal',
  to: 'firing',
  time: Date.UTC(2026, 0, 1, 12),
  at: 0,
  value: 96.4321,
  reason: 'met',
  revised: false,
  notify: 'firing',
  until: null,
  sound: false,
  title: 'Boiler temperature',
  unit: '°C',
  ...over,
})
const words = wordsOf('en')

describe('a notification', () => {
  it('says which rule, which series, its value with the unit, and when', () => {
    const [only] = notificationsOf([notice()], words)
    expect(only).toMatchObject({ title: 'Too hot', critical: true })
    expect(only?.body).toMatch(/^Boiler temperature · 96.4321 °C · at .*12/)
  })

  it('tells the end and the repetition from the beginning, in the language of the user', () => {
    expect(notificationsOf([notice({ notify: 'resolved' })], words)[0]).toMatchObject({
      title: 'Resolved: Too hot',
      critical: false,
    })
    expect(notificationsOf([notice({ notify: 'repeat' })], wordsOf('zh-CN'))[0]?.title).toBe('仍在持续：Too hot')
  })

  it('has no value where there is none', () => {
    const down = notice({ rule: 'source-down', name: 'source-down', title: 'Plant', unit: '', value: NaN })
    expect(notificationsOf([down], words)[0]).toMatchObject({ title: 'Source down' })
    expect(notificationsOf([down], words)[0]?.body).toMatch(/^Plant · at /)
  })

  it('is one with a list where a hundred series of a rule fire at once; another rule has its own', () => {
    const many = Array.from({ length: 100 }, (_, i) => notice({ id: String(i), series: i, title: `Sensor ${i}` }))
    const made = notificationsOf([...many, notice({ rule: 'cold', name: 'Too cold' })], words)
    expect(made).toHaveLength(2)
    expect(made[0]?.body).toBe('100 series:\nSensor 0\nSensor 1\nSensor 2\nSensor 3\nSensor 4\n… +95')
    expect(notificationsOf(many.slice(0, 3), words)).toHaveLength(3)
  })
})
