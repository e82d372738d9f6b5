/** Names with {braces} that stand for what a body is of, such as topics. */
import type { OutputBody } from '../contracts'

/**
 * `weir/{pipeline}/{name}` → `weir/boiler-1m/temperature`. Known are output, kind, pipeline, rule, name, source, and the
 * labels; what a body does not have is `none`. @param unsafe what may not be in what is put in; it becomes `_`
 */
export function fillName(template: string, output: string, body: OutputBody, unsafe: RegExp): string {
  const known = valuesOf(output, body)
  return template.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(known, name) ? (known[name] ?? '') : ''
    return value === '' ? 'none' : value.replace(unsafe, '_')
  })
}

function valuesOf(output: string, body: OutputBody): Record<string, string | null> {
  const { kind } = body
  if (body.kind === 'test') return { output, kind, name: 'test' }
  const { source, series, labels } = body
  const own = body.kind === 'result' ? { pipeline: body.pipeline } : { rule: body.rule }
  return { ...labels, ...own, output, kind, source, name: series }
}

/** What keeps the order of a series where a receiver divides. */
export const seriesOf = (body: OutputBody): string =>
  body.kind === 'test' ? body.id : `${body.source}/${body.series ?? ''}${JSON.stringify(body.labels)}`
