/**
 * Small text scenarios of alert rules, in seconds. Settings in JSON are the fields of one rule.
 *
 *   > 1=90 a:2=null                           readings: [key:]time=value; null is a gap
 *   > result 10 mean=5                        a result of the pipeline p whose window ends then; after `replaces 5`
 *                                             in the place of the one that ended then
 *   > clock 9                                 event time of all keys
 *   > live (20: until the backlog is read) | down | wait 30 | restart
 *   > silence 20 | ack | acked                each may name a key last; ack source
 *   > define [{…}]                            other fields of the rules
 *   a 2 pending>firing 90 revised tell firing
 */
import { AlertEngine } from '../../main/alerts/alert-engine'
import type { AlertTransition } from '../../main/alerts/transition'
import { createAccumulators, createFollower } from '../../main/statistics'
import { BinaryReader, BinaryWriter } from '../../main/windows/state'
import { alertRule, SOURCE_DOWN } from '../../shared/config/alert'
import type { AlertRule } from '../../shared/config/alert'
import { durationMs } from '../../shared/config/duration'
import { SampleBuffer } from '../../shared/model/samples'
import { toMicros } from '../../shared/model/time'
import type { Scenario } from './language'

export function runAlertScenario({ settings, steps }: Scenario): { input: string; outcome: string[] }[] {
  const run = new AlertRun(settings)
  return steps.map(({ input }) => ({ input, outcome: run.step(input) }))
}

class AlertRun {
  private readonly names: string[] = []
  private readonly show: readonly string[]
  private readonly downRepeat: string | undefined
  private rules: AlertRule[]
  private engine: AlertEngine
  private now = { monotonic: 0, wall: 0 }
  private lines: string[] = []

  constructor(settings: Record<string, unknown>) {
    const { show, downRepeat, ...fields } = settings
    this.show = (show as string[] | undefined) ?? []
    this.downRepeat = downRepeat as string | undefined
    this.rules = [this.rule(fields)]
    this.engine = this.make()
  }

  step(input: string): string[] {
    this.lines = []
    const [command = '', argument = '', name] = input.split(/\s+/)
    const seconds = Number(argument) * 1000
    if (command === 'ack') this.acknowledge(argument)
    else if (command === 'acked') this.lines.push(String(this.engine.standing()[0]?.acknowledged ?? false))
    else if (command === 'clock') this.engine.clock(null, seconds, this.now)
    else if (command === 'live') this.engine.sourceState('s', true, this.now, this.now.monotonic + seconds)
    else if (command === 'down') this.engine.sourceState('s', false, this.now)
    else if (command === 'wait') this.wait(seconds)
    else if (command === 'silence') this.engine.silence('r', this.id(name), seconds)
    else if (command === 'restart') this.restart()
    else if (command === 'define') this.define(input.slice(command.length))
    else if (command === 'result') this.result(seconds, input.split(/\s+/).slice(2))
    else this.readings(input)
    return this.lines
  }

  private rule(fields: object): AlertRule {
    return alertRule.parse({
      id: 'r',
      name: 'r',
      series: '*',
      condition: { kind: 'above', threshold: 80 },
      ...fields,
    })
  }

  private make(): AlertEngine {
    const engine = new AlertEngine((transition) => void this.lines.push(this.line(transition)), {
      createAccumulators: (statistics) => createAccumulators(statistics, { grouped: false }),
      createFollower,
      ...(this.downRepeat === undefined ? {} : { sourceDownRepeatEvery: durationMs(this.downRepeat) }),
    })
    engine.define(this.rules, this.now)
    this.names.forEach((name, i) => engine.seriesAdded({ id: i + 1, source: 's', name, labels: {} }, this.now))
    return engine
  }

  private restart(): void {
    const to = new BinaryWriter()
    this.engine.write(to, this.now)
    // Another process: its monotonic clock begins elsewhere.
    this.now = { ...this.now, monotonic: this.now.monotonic + 1_000_000 }
    this.engine = this.make()
    this.engine.read(new BinaryReader(to.bytes()), this.now)
  }

  private define(json: string): void {
    this.rules = (JSON.parse(json) as object[]).map((fields) => this.rule(fields))
    this.engine.define(this.rules, this.now)
  }

  private wait(ms: number): void {
    for (let left = ms; left > 0; left -= 1000) {
      const step = Math.min(1000, left)
      this.now = { monotonic: this.now.monotonic + step, wall: this.now.wall + step }
      this.engine.advance(this.now)
    }
  }

  private acknowledge(key: string): void {
    const done =
      key === 'source' ? this.engine.acknowledge(SOURCE_DOWN, 's') : this.engine.acknowledge('r', this.id(key))
    this.lines.push(String(done))
  }

  private result(end: number, values: readonly string[]): void {
    const replaces = values[0] === 'replaces' ? [[0, Number(values[1]) * 1000] as const] : []
    const pairs = values.slice(replaces.length * 2).map((text) => text.split('='))
    this.engine.results(
      {
        pipeline: 'p',
        source: 's',
        aggregates: pairs.map(([name = '']) => name),
        results: [
          {
            pipeline: 'p',
            key: this.id('x'),
            start: end - 10_000,
            end,
            revision: 0,
            replaces,
            values: pairs.map(([, value]) => (value === 'null' ? NaN : Number(value))),
          },
        ],
      },
      this.now,
    )
  }

  private readings(input: string): void {
    const batch = new SampleBuffer(8)
    for (const token of input.split(/\s+/)) {
      const match = /^(?:(\w+):)?(-?[\d.]+)=(.+)$/.exec(token)
      if (match === null) throw new Error(`not a reading: ${token}`)
      const [, key, time, value] = match
      batch.push(this.id(key), Number(time) * 1000, value === 'null' ? NaN : Number(value), 0)
    }
    this.engine.samples(batch, this.now)
  }

  private id(name: string | undefined): number {
    const wanted = name === undefined || name === '' ? 'x' : name
    const known = this.names.indexOf(wanted)
    if (known >= 0) return known + 1
    const id = this.names.push(wanted)
    this.engine.seriesAdded({ id, source: 's', name: wanted, labels: {} }, this.now)
    return id
  }

  private line(transition: AlertTransition): string {
    const { id, key, source, from, to, eventTime, value, reason, revised, notify } = transition
    return [
      key === null ? `source ${source}` : (this.names[key - 1] as string),
      String(toMicros(eventTime) / 1_000_000),
      `${from}>${to}`,
      Number.isNaN(value) ? 'null' : String(value),
      ...(this.show.includes('reason') ? [reason] : []),
      ...(this.show.includes('id') ? [id] : []),
      ...(revised === true ? ['revised'] : []),
      ...(notify === undefined ? [] : [`tell ${notify}`]),
    ].join(' ')
  }
}
