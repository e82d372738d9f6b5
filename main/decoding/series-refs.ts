/** Finds the series of a field in a record: one reference per (labels, field), made at first sight. */
import type { RawRecord, SeriesKeyRef } from '../contracts'
import type { Decoding } from '../../shared/config/decoding'
import { owned } from './text'

type Labels = Readonly<Record<string, string>>

/** Series that share their labels. */
export interface Scope {
  readonly labels: Labels
  /** By name. */
  readonly refs: Map<string, SeriesKeyRef>
  /** Scopes with one more label, by its name and value. */
  readonly inner: Map<string, Map<string, Scope>>
}

/** Shown with a series; no part of its identity. */
export interface SeriesLook {
  readonly unit?: string | undefined
  readonly display?: string | undefined
}

/**
 * Above the engine's limit of series. References are only a cache: beyond it they are made anew, so that a sender
 * with a counter in its topics or field names cannot fill the memory.
 */
const MAX_CACHED = 150_000

export class SeriesRefs {
  private readonly byKey = new Map<string, Scope>()
  private readonly labelsOf: (key: string) => Labels
  private cached = 0

  constructor(config: Pick<Decoding, 'topicTemplate'>) {
    this.labelsOf = topicLabels(config.topicTemplate)
  }

  /** The series of one record; keep it for the record, not longer. */
  ofRecord({ key, labels }: Pick<RawRecord, 'key' | 'labels'>): Scope {
    let scope = this.of(key)
    if (labels !== undefined) for (const name in labels) scope = this.within(scope, name, labels[name] as string)
    return scope
  }

  /** The series of one record key. */
  of(key: string): Scope {
    let scope = this.byKey.get(key)
    if (scope !== undefined && this.cached < MAX_CACHED) return scope
    if (this.cached >= MAX_CACHED) {
      this.byKey.clear()
      this.cached = 0
    }
    scope = newScope(this.labelsOf(key))
    this.byKey.set(key, scope)
    this.cached += 1
    return scope
  }

  /** The same series with one more label. */
  within(scope: Scope, label: string, value: string): Scope {
    let values = scope.inner.get(label)
    if (values === undefined) scope.inner.set(label, (values = new Map()))
    const known = values.get(value)
    if (known !== undefined) return known
    const own = owned(value)
    return this.enter(values, own, { ...scope.labels, [label]: own })
  }

  /** The same with the labels that a text stands for; `make` is called at the first sight of the text. */
  labelled(scope: Scope, text: string, make: (text: string) => Labels): Scope {
    let texts = scope.inner.get('')
    if (texts === undefined) scope.inner.set('', (texts = new Map()))
    const known = texts.get(text)
    if (known !== undefined) return known
    const own = owned(text)
    return this.enter(texts, own, { ...scope.labels, ...make(own) })
  }

  private enter(into: Map<string, Scope>, key: string, labels: Labels): Scope {
    const scope = newScope(labels)
    into.set(key, scope)
    this.cached += 1
    return scope
  }

  at(scope: Scope, name: string, look?: SeriesLook): SeriesKeyRef {
    return scope.refs.get(name) ?? this.create(scope, name, look)
  }

  private create(scope: Scope, name: string, look: SeriesLook = {}): SeriesKeyRef {
    this.cached += 1
    return addRef(scope, owned(name), look)
  }
}

export const newScope = (labels: Labels): Scope => ({ labels, refs: new Map(), inner: new Map() })

export function addRef(scope: Scope, name: string, { unit, display }: SeriesLook): SeriesKeyRef {
  const ref: SeriesKeyRef = {
    name,
    labels: scope.labels,
    id: undefined,
    ...(unit === undefined ? {} : { unit }),
    ...(display === undefined ? {} : { display }),
  }
  scope.refs.set(name, ref)
  return ref
}

/**
 * `plant/{device}/+` takes the second level as the label `device`; a topic that the template does not fit, and every
 * topic without a template, is told apart by the label `topic`. Without a slash the levels stand between dots, as in
 * Kafka's topics: `plant.{site}.telemetry`.
 */
export function topicLabels(template: string | undefined): (topic: string) => Readonly<Record<string, string>> {
  const separator = template === undefined || template.includes('/') ? '/' : '.'
  const levels = template?.split(separator)
  return (topic) => {
    if (topic === '') return {}
    return (levels && matchLevels(levels, topic.split(separator))) ?? { topic }
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
