/**
 * Which series: `name{site="A", line=~"pump-*"}`, one syntax everywhere.
 *
 *     pattern  = [ name ] [ "{" [ matcher { "," matcher } ] "}" ]      at least one of the two
 *     name     = JSON string (taken literally) | any other characters but {, with globs
 *     matcher  = label ( "=" | "!=" | "=~" | "!~" ) JSON string
 *     label    = JSON string | letters, digits, _ . : -
 *
 * In the name and after `=~` and `!~`, `*` stands for any characters and `?` for one. All matchers must hold; a label
 * that a series does not have counts as empty, as in Prometheus.
 */
import type { SeriesKey } from './series'

export class PatternError extends Error {
  override readonly name = 'PatternError'

  /** @param position of the character that does not fit, from 0; the message counts from 1. */
  constructor(
    reason: string,
    readonly position: number,
  ) {
    super(`${reason} at character ${position + 1}`)
  }
}

export type SeriesMatcher = (series: Pick<SeriesKey, 'name' | 'labels'>) => boolean

/** @throws PatternError */
export function compilePattern(text: string): SeriesMatcher {
  const reader = new PatternReader(text)
  const name = reader.name()
  const labels = reader.matchers()
  if (name === null && labels === null) throw new PatternError('expected the name of a series or {', 0)
  return (series) => (name === null || name(series.name)) && (labels ?? []).every((holds) => holds(series.labels))
}

/** True for a series that any of the patterns matches; without patterns: for all. @throws PatternError */
export function compileSelection(patterns: readonly string[]): SeriesMatcher {
  const matchers = patterns.map(compilePattern)
  return (series) => matchers.length === 0 || matchers.some((matches) => matches(series))
}

type TextTest = (text: string) => boolean
type LabelTest = (labels: Readonly<Record<string, string>>) => boolean

const LABEL = /[\p{L}\p{N}_.:-]+/uy
const OPERATOR = /=~|!~|!=|=/y
const STRING = /"(?:[^"\\]|\\.)*"/y
const BARE_NAME = /[^{"][^{]*/y
const SPACE = /\s*/y

class PatternReader {
  private at = 0

  constructor(private readonly text: string) {
    this.take(SPACE)
  }

  /** Null: any name. */
  name(): TextTest | null {
    if (this.text[this.at] === '"') {
      const literal = this.string()
      return (text) => text === literal
    }
    const bare = this.take(BARE_NAME)?.trim()
    return bare === undefined ? null : glob(bare)
  }

  /** Null: there are no braces. */
  matchers(): LabelTest[] | null {
    if (this.atEnd()) return null
    this.expect('{')
    const tests: LabelTest[] = []
    if (this.peek() !== '}') {
      tests.push(this.matcher())
      while (this.peek() === ',') {
        this.at += 1
        tests.push(this.matcher())
      }
    }
    this.expect('}')
    if (!this.atEnd()) throw new PatternError('expected the end of the pattern', this.at)
    return tests
  }

  private matcher(): LabelTest {
    const label = this.peek() === '"' ? this.string() : this.take(LABEL)
    if (label === undefined) throw new PatternError('expected a label', this.at)
    this.take(SPACE)
    const operator = this.take(OPERATOR)
    if (operator === undefined) throw new PatternError('expected =, !=, =~ or !~', this.at)
    this.take(SPACE)
    const value = this.string()
    const holds: TextTest = operator.endsWith('~') ? glob(value) : (text) => text === value
    const wanted = !operator.startsWith('!')
    return (labels) => holds(Object.hasOwn(labels, label) ? (labels[label] as string) : '') === wanted
  }

  private string(): string {
    const start = this.at
    const quoted = this.take(STRING)
    if (quoted === undefined) throw new PatternError('expected a text in double quotes', start)
    try {
      return JSON.parse(quoted) as string
    } catch {
      throw new PatternError('expected a text in double quotes, with JSON escapes', start)
    }
  }

  private peek(): string | undefined {
    this.take(SPACE)
    return this.text[this.at]
  }

  private atEnd(): boolean {
    return this.peek() === undefined
  }

  private expect(character: string): void {
    if (this.peek() !== character) throw new PatternError(`expected ${character}`, this.at)
    this.at += 1
  }

  private take(token: RegExp): string | undefined {
    token.lastIndex = this.at
    const found = token.exec(this.text)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }
}

/** Goes back to the last `*` only: the time is at most length × length, whatever the pattern. */
function glob(pattern: string): TextTest {
  const wanted = [...pattern]
  if (!wanted.some((character) => character === '*' || character === '?')) return (text) => text === pattern
  return (text) => matches(wanted, [...text])
}

function matches(wanted: readonly string[], text: readonly string[]): boolean {
  let at = 0
  let next = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    if (wanted[next] === '*') {
      star = next++
      resume = at
    } else if (next < wanted.length && (wanted[next] === '?' || wanted[next] === text[at])) {
      next++
      at++
    } else if (star >= 0) {
      next = star + 1
      at = ++resume
    } else return false
  }
  while (wanted[next] === '*') next++
  return next === wanted.length
}
