/** Finds the series of a field in a record: one reference per (record key, field), made at first sight. */
import type { SeriesKeyRef } from '../contracts'
import type { Decoding } from '../../shared/config/decoding'

export class SeriesRefs {
  private readonly byKey = new Map<string, Map<string, SeriesKeyRef>>()
  private readonly labelsOf: (key: string) => Readonly<Record<string, string>>
  private readonly metadata: ReadonlyMap<string, { unit?: string | undefined; display?: string | undefined }>

  constructor(config: Decoding) {
    this.labelsOf = topicLabels(config.topicTemplate)
    this.metadata = new Map(config.fields === 'all' ? [] : config.fields.map((field) => [field.path, field]))
  }

  /** The fields of one record key; keep it for the record. */
  of(key: string): Map<string, SeriesKeyRef> {
    let fields = this.byKey.get(key)
    if (fields === undefined) this.byKey.set(key, (fields = new Map()))
    return fields
  }

  create(fields: Map<string, SeriesKeyRef>, key: string, name: string): SeriesKeyRef {
    const { unit, display } = this.metadata.get(name) ?? {}
    const ref: SeriesKeyRef = {
      name,
      labels: this.labelsOf(key),
      id: undefined,
      ...(unit === undefined ? {} : { unit }),
      ...(display === undefined ? {} : { display }),
    }
    fields.set(name, ref)
    return ref
  }
}

/**
 * `plant/{device}/+` takes the second level as the label `device`; a topic that the template does not fit, and every
 * topic without a template, is told apart by the label `topic`.
 */
export function topicLabels(template: string | undefined): (topic: string) => Readonly<Record<string, string>> {
  const levels = template?.split('/')
  return (topic) => {
    if (topic === '') return {}
    return (levels && matchLevels(levels, topic.split('/'))) ?? { topic }
  }
}

function matchLevels(template: readonly string[], topic: readonly string[]): Record<string, string> | null {
  const found: [string, string][] = []
  for (let i = 0; i < template.length; i++) {
    const level = template[i] as string
    if (level === '#') return Object.fromEntries(found)
    const actual = topic[i]
    if (actual === undefined) return null
    const name = /^\{(.+)\}$/.exec(level)?.[1]
    if (name !== undefined) found.push([name, actual])
    else if (level !== '+' && level !== actual) return null
  }
  return template.length === topic.length ? Object.fromEntries(found) : null
}
