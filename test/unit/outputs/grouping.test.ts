import { describe, expect, it } from 'vitest'
import { dueForPeople } from '../../../main/outputs/grouping'
import { alertBody, item, resultBody } from './bodies'

const limits = { groupFor: 5000, atMostEvery: 60_000 }
const never = new Map<string, number>()
const hot = (created: number) => item(alertBody(), created)
const cold = (created: number) => item(alertBody({ rule: 'cold' }), created)

describe('what people are told, and when', () => {
  it('nothing waits: nothing, until more comes', () => {
    expect(dueForPeople([], limits, never, 0)).toEqual({ items: [], at: Infinity })
  })

  it('an alert waits for others', () => {
    const waiting = [hot(1000), hot(3000)]
    expect(dueForPeople(waiting, limits, never, 5999)).toEqual({ items: [], at: 6000 })
    expect(dueForPeople(waiting, limits, never, 6000).items).toEqual(waiting)
  })

  it('a message takes all along that may be told, also what came just now', () => {
    const waiting = [hot(0), cold(4999)]
    expect(dueForPeople(waiting, limits, never, 5000).items).toEqual(waiting)
  })

  it('a rule that was told waits, another one does not', () => {
    const waiting = [hot(10_000), cold(12_000)]
    const told = new Map([['hot', 9000]])
    expect(dueForPeople(waiting, limits, told, 17_000).items).toEqual([waiting[1]])
    expect(dueForPeople([waiting[0] ?? hot(0)], limits, told, 17_000)).toEqual({ items: [], at: 69_000 })
    expect(dueForPeople([waiting[0] ?? hot(0)], limits, told, 69_000).items.length).toBe(1)
  })

  it('results go at once, while alerts wait', () => {
    const result = item(resultBody())
    expect(dueForPeople([hot(0), result], limits, never, 10).items).toEqual([result])
  })

  it('without limits everything goes at once', () => {
    expect(dueForPeople([hot(7)], { groupFor: 0, atMostEvery: 0 }, new Map([['hot', 7]]), 7).items.length).toBe(1)
  })
})
