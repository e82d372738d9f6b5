/** The rules in force: what changes between two sets of them, and which of them are for a series. */
import type { AlertRule } from '../../shared/config/alert'
import { compilePattern } from '../../shared/model/pattern'
import type { SeriesMatcher } from '../../shared/model/pattern'
import type { SeriesKey } from '../../shared/model/series'
import { CompiledRule } from './compiled-rule'

export class RuleBook {
  private rules: readonly CompiledRule[] = []
  /** By the pattern's text: rules often share one, and it is then looked at once per series. */
  private matchers = new Map<string, SeriesMatcher>()

  /**
   * Rules that are not enabled are none. A rule of the same meaning as before stays the same object.
   * @throws PatternError
   */
  define(rules: readonly AlertRule[]): void {
    const before = new Map(this.rules.map((rule) => [rule.id, rule]))
    this.rules = rules
      .filter(({ enabled }) => enabled)
      .map((rule) => {
        const made = new CompiledRule(rule)
        const known = before.get(rule.id)
        if (known?.meaning !== made.meaning) return made
        known.repeatEvery = made.repeatEvery
        return known
      })
    this.matchers = new Map(this.rules.map(({ series }) => [series, compilePattern(series)]))
  }

  find(id: string): CompiledRule | undefined {
    return this.rules.find((rule) => rule.id === id)
  }

  /**
   * In the order of the rules.
   * @param pipeline whose results the rules look at; null: those that look at readings
   */
  of(series: Pick<SeriesKey, 'name' | 'labels'>, pipeline: string | null): CompiledRule[] {
    const matching = new Set<string>()
    for (const [pattern, matches] of this.matchers) if (matches(series)) matching.add(pattern)
    return this.rules.filter((rule) => (rule.results?.pipeline ?? null) === pipeline && matching.has(rule.series))
  }
}
