/**
 * Small text scenarios of alert rules, in seconds. Settings in JSON are the fields of one rule.
 *
 *   > 1=90 a:2=null                           readings: [key:]time=value; null is a gap
 *   > clock 9 | fail 5 | resumed 5 | silence 20 | ack | acked      each may name a key last
 *   a 2 pending>firing 90 revised notify      a transition
 */
import { alertRule } from '../../shared/config/alert'
import { RunningRule } from '../../main/alerts/rule'
import type { AlertTransition } from '../../main/alerts/states'
import type { Scenario } from './language'

export function runAlertScenario({ settings, steps }: Scenario): { input: string; outcome: string[] }[] {
  const rule = new RunningRule(
    alertRule.parse({ id: 'r', name: 'r', series: '*', condition: { kind: 'above', threshold: 80 }, ...settings }),
  )
  const names: string[] = []
  return steps.map(({ input }) => {
    const outcome: string[] = []
    step(rule, names, input, outcome)
    return { input, outcome }
  })
}

function step(rule: RunningRule, names: string[], input: string, outcome: string[]): void {
  const out = (transition: AlertTransition): void => void outcome.push(line(names, transition))
  const [command = '', argument = '', name] = input.split(/\s+/)
  if (command === 'ack') outcome.push(String(rule.states.acknowledge(id(names, argument || 'x'))))
  else if (command === 'acked') outcome.push(String(rule.states.isAcknowledged(id(names, argument || 'x'))))
  else if (command === 'clock') rule.states.clock(id(names, name), Number(argument) * 1000, out)
  else if (command === 'fail') rule.states.fail(id(names, name), Number(argument) * 1000, out)
  else if (command === 'resumed') rule.states.resumed(id(names, name), Number(argument) * 1000)
  else if (command === 'silence') rule.states.silenceUntil(id(names, name), Number(argument) * 1000)
  else for (const token of input.split(/\s+/)) reading(rule, names, token, out)
}

function reading(rule: RunningRule, names: string[], token: string, out: (transition: AlertTransition) => void): void {
  const match = /^(?:(\w+):)?(-?[\d.]+)=(.+)$/.exec(token)
  if (match === null) throw new Error(`not a reading: ${token}`)
  const [, key, time, value] = match
  rule.reading(id(names, key), Number(time) * 1000, value === 'null' ? NaN : Number(value), out)
}

function id(names: string[], name = 'x'): number {
  const known = names.indexOf(name)
  return known >= 0 ? known : names.push(name) - 1
}

function line(names: readonly string[], { key, from, to, time, value, revised, notify }: AlertTransition): string {
  const words = [names[key], time / 1000, `${from}>${to}`, value, revised ? 'revised' : '', notify ? 'notify' : '']
  return words.filter((word) => word !== '').join(' ')
}
