/**
 * Small text scenarios of windows. A file holds scenarios that begin with `== name`; then settings in JSON, then
 * inputs after `>` and after each the outcome that it is expected to have, in order.
 *
 *   > 1 a:2=7 p1/a:3=null     samples: [partition/][key:]time[=value]; the value is the time where it is left out
 *   > end | wait 31s | live (10s: until the backlog is read) | down | restart | batch | mark key 100
 *   [0,10) count=1 sum=1      a firing; `key` before it, `r1` a revision, `#2` an index, `replaces [0,5)`
 *   late a 3 | unassigned a 3 | mark … | settled … | clock …
 */
import { seriesKeyText } from '../../shared/model/series'
import { SampleBuffer } from '../../shared/model/samples'
import { pipeline, type Pipeline } from '../../shared/config/pipeline'
import type { KeySpace, WindowOperator, WindowOutput } from '../../main/contracts'
import { createPipelineWindows } from '../../main/pipeline/windowing'
import type { WindowResult } from '../../shared/model/results'

export interface Scenario {
  readonly name: string
  readonly settings: Record<string, unknown>
  readonly steps: readonly { readonly input: string; readonly expected: readonly string[] }[]
}

export function parseScenarios(text: string): Scenario[] {
  return text
    .split(/^== /m)
    .slice(1)
    .map((part) => {
      const [name = '', ...lines] = part.split('\n').map((line) => line.replace(/(^|\s)\/\/.*$/, '').trim())
      const first = lines.findIndex((line) => line.startsWith('>'))
      const settings = JSON.parse(lines.slice(0, first).join('') || '{}') as Record<string, unknown>
      const steps: { input: string; expected: string[] }[] = []
      for (const line of lines.slice(first)) {
        if (line.startsWith('>')) steps.push({ input: line.slice(1).trim(), expected: [] })
        else if (line !== '') steps.at(-1)?.expected.push(line.replace(/\s+/g, ' '))
      }
      return { name, settings, steps }
    })
}

/** Keys are single letters or words; a series is made of a key, or of labels `site/unit` where grouped by site. */
export class TestKeys implements KeySpace {
  readonly names: string[] = []
  private readonly groups = new Map<string, number>()

  id(name: string): number {
    const known = this.names.indexOf(name)
    return known >= 0 ? known : this.names.push(name) - 1
  }

  labels(series: number): Record<string, string> {
    const [site = '', unit = ''] = (this.names[series] as string).split('.')
    return { site, unit }
  }

  group(labels: Readonly<Record<string, string>>): number {
    const text = seriesKeyText({ source: '', name: '', labels })
    const known = this.groups.get(text)
    if (known !== undefined) return known
    const id = this.id(Object.values(labels).join('.') + '*')
    this.groups.set(text, id)
    return id
  }

  text(key: number): string {
    return this.names[key] as string
  }
}

export function runScenario({ settings, steps }: Scenario): { input: string; outcome: string[] }[] {
  return new Run(settings).steps(steps.map(({ input }) => input))
}

class Run {
  private readonly keys = new TestKeys()
  private readonly config: Pipeline
  private readonly mode: 'live' | 'replay'
  private readonly shown: readonly string[]
  private readonly iso: boolean
  private readonly silentKey: boolean
  private operator: WindowOperator
  private now = 1000
  private lines: string[] = []

  constructor(settings: Record<string, unknown>) {
    const { mode, show, tick, ...rest } = settings
    void tick
    this.mode = mode === 'live' ? 'live' : 'replay'
    this.shown = (show as string[] | undefined) ?? []
    const time = { clock: 'source', ...(settings['time'] as object | undefined) }
    this.config = pipeline.parse({ id: 'p', name: 'p', source: 's', aggregates: ['count', 'sum'], ...rest, time })
    this.iso = this.config.window.kind === 'calendar'
    this.silentKey = true
    this.operator = this.make()
  }

  steps(inputs: readonly string[]): { input: string; outcome: string[] }[] {
    return inputs.map((input) => {
      this.lines = []
      this.step(input)
      return { input, outcome: this.lines }
    })
  }

  private make(): WindowOperator {
    return createPipelineWindows(this.config, this.keys, { mode: this.mode })
  }

  private step(input: string): void {
    const [command = '', argument = '', value = ''] = input.split(/\s+/)
    const out = this.output()
    if (command === 'end') this.operator.end(out)
    else if (command === 'wait') this.wait(milliseconds(argument))
    else if (command === 'sleep') this.now += milliseconds(argument)
    else if (command === 'live') this.operator.setLive(true, this.now, out, this.now + milliseconds(argument || '0'))
    else if (command === 'down') this.operator.setLive(false, this.now, out)
    else if (command === 'mark')
      this.operator.applyMark(
        { pipeline: 'p', series: argument === '*' ? null : this.keys.id(argument), watermark: moment(value) },
        out,
      )
    else if (command === 'restart') {
      const state = this.operator.snapshot()
      this.operator = this.make()
      this.operator.restore(state)
    } else this.samples(input)
  }

  private wait(ms: number): void {
    const until = this.now + ms
    while (this.now < until) {
      this.now = Math.min(until, this.now + 1000)
      this.operator.tick(this.now, this.output())
    }
  }

  private samples(input: string): void {
    const buffer = new SampleBuffer()
    let partition = ''
    const flush = () => {
      this.operator.process(buffer, partition, this.mode === 'live' ? this.now : 0, this.output())
      buffer.clear()
    }
    for (const token of input.split(/[\s,]+/)) {
      const match = /^(?:(\w+)\/)?(?:([a-zA-Z][\w.]*)~)?([^=]+)(?:=(.+))?$/.exec(
        token.replace(/^((?:\w+\/)?[a-zA-Z][\w.]*):/, '$1~'),
      )
      if (match === null) throw new Error(`not a sample: ${token}`)
      const [, from = '', key = 'x', time = '', value] = match
      if (from !== partition) flush()
      partition = from
      const t = moment(time)
      buffer.push(this.keys.id(key), t, value === undefined ? t : value === 'null' ? NaN : Number(value), 0)
    }
    flush()
  }

  private output(): WindowOutput {
    const say = (line: string): void => void this.lines.push(line)
    const series = (id: number): string => this.keys.names[id] as string
    const optional = (name: string): boolean => this.shown.includes(name)
    return {
      fire: (result) => say(this.result(result)),
      late: (id, time) => say(`late ${series(id)} ${this.time(time)}`),
      unassigned: (id, time) => say(`unassigned ${series(id)} ${this.time(time)}`),
      mark: (mark) => {
        if (!optional('marks')) return
        const of = mark.key !== undefined ? series(mark.key) : mark.series === null ? '*' : series(mark.series)
        const idle =
          mark.idle === undefined
            ? ''
            : ` idle=${mark.idle.map((name) => (mark.series === null && mark.key === undefined ? name : series(Number(name)))).join('+')}`
        say(`mark ${of} ${this.time(mark.watermark)}${idle}`)
      },
      ...(optional('settled') ? { settled: (result: WindowResult) => say(`settled ${this.result(result)}`) } : {}),
      ...(optional('missed')
        ? { missed: (key: number, time: number) => say(`missed ${series(key)} ${this.time(time)}`) }
        : {}),
      ...(optional('clock')
        ? { clock: (key: number | null, w: number) => say(`clock ${key === null ? '*' : series(key)} ${this.time(w)}`) }
        : {}),
    }
  }

  private result({ key, start, end, index, revision, repaired, replaces, values }: WindowResult): string {
    const name = this.keys.names[key] as string
    const parts = [
      ...(this.silentKey && name === 'x' ? [] : [name]),
      `[${this.time(start)},${this.time(end)})`,
      ...(index === undefined ? [] : [`#${index}`]),
      ...(revision === 0 ? [] : [`r${revision}`]),
      ...(repaired === true ? ['repaired'] : []),
      ...this.config.aggregates.map((aggregate, i) => `${aggregate}=${number(values[i] as number)}`),
      ...(replaces === undefined ? [] : ['replaces', ...replaces.map(([from, to]) => `[${from},${to})`)]),
    ]
    return parts.join(' ')
  }

  private time(t: number): string {
    return this.iso ? new Date(t).toISOString().replace(/(:00)?\.000Z$/, 'Z') : String(t)
  }
}

const number = (value: number): string => (Number.isNaN(value) ? 'null' : String(Number(value.toPrecision(12))))

function milliseconds(text: string): number {
  const match = /^(-?[\d.]+)(ms|s|m|h|d)?$/.exec(text)
  if (match === null) throw new Error(`not a time: ${text}`)
  return Number(match[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? 'ms']!
}

const moment = (text: string): number => (/^\d{4}-\d\d-/.test(text) ? Date.parse(text) : milliseconds(text))
