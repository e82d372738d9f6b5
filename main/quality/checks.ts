/** The quality checks of one source: which apply to a series, what they did, and how often. */
import type { SeriesKeyRef } from '../contracts'
import { compilePattern } from '../../shared/model/pattern'
import type { SeriesMatcher } from '../../shared/model/pattern'
import type { QualityCheck } from '../../shared/config/quality'
import type { CheckCounts } from '../../shared/ipc/engine'
import { createCheck } from './kinds'
import type { CheckedSeries, Reading, SeriesCheck } from './kinds'

/** Label that names the unit of a record's readings. */
export const UNIT_LABEL = 'unit'

interface Rule {
  readonly definition: QualityCheck
  readonly matches: SeriesMatcher
  readonly counts: { passed: number; corrected: number; rejected: number }
}

export class QualityChecks {
  private readonly rules: readonly Rule[]
  private readonly programs = new Map<SeriesKeyRef, CheckProgram | null>()

  /** @param before the newest reading of a series that is stored */
  constructor(
    definitions: readonly QualityCheck[],
    private readonly before: (ref: SeriesKeyRef) => CheckedSeries['before'],
  ) {
    this.rules = definitions.map((definition) => ({
      definition,
      matches: compilePattern(definition.series),
      counts: { passed: 0, corrected: 0, rejected: 0 },
    }))
  }

  get counts(): CheckCounts[] {
    return this.rules.map(({ definition: { series, check }, counts }) => ({ series, check, ...counts }))
  }

  /** Null where no check is for the series. */
  of(ref: SeriesKeyRef): CheckProgram | null {
    let program = this.programs.get(ref)
    if (program === undefined) {
      const rules = this.rules.filter(({ matches }) => matches(ref))
      program = rules.length === 0 ? null : new CheckProgram(ref, rules, this.before)
      this.programs.set(ref, program)
    }
    return program
  }
}

/** The checks of one series, in their order. */
export class CheckProgram {
  /** Where what is kept goes: another series where its unit was corrected. */
  readonly ref: SeriesKeyRef
  readonly judgesFuture: boolean
  private readonly steps: readonly (Rule & { readonly check: SeriesCheck })[]

  constructor(ref: SeriesKeyRef, rules: readonly Rule[], before: (ref: SeriesKeyRef) => CheckedSeries['before']) {
    const unit = ref.labels[UNIT_LABEL] ?? ref.unit
    const corrected = rules.find(({ definition: { check, then } }) => check === 'unit' && then === 'correct')
    const target = corrected?.definition.unit
    this.ref = target === undefined || target === unit ? ref : inUnit(ref, target)
    const series = { unit, before: before(this.ref) }
    this.steps = rules.map((rule) => ({ ...rule, check: createCheck(rule.definition, series) }))
    this.judgesFuture = rules.some(({ definition }) => definition.check === 'future')
  }

  /**
   * Runs the checks; a correction changes the reading.
   * @returns null where it is kept, else why not: empty where it goes without being wrong, as the second of two does
   */
  refusal(reading: Reading): string | null {
    for (const { definition, check, counts } of this.steps) {
      const fault = check.fault(reading)
      if (fault === null) continue
      if (definition.then === 'pass') counts.passed += 1
      else if (definition.then === 'correct' && check.correct(reading)) counts.corrected += 1
      else if (definition.then === 'correct' && definition.check === 'duplicate') {
        counts.corrected += 1
        return ''
      } else {
        counts.rejected += 1
        return `${definition.check}: ${this.ref.name}: ${fault}`
      }
    }
    for (const { check } of this.steps) check.kept?.(reading)
    return null
  }
}

function inUnit(ref: SeriesKeyRef, unit: string): SeriesKeyRef {
  const labels = Object.hasOwn(ref.labels, UNIT_LABEL) ? { ...ref.labels, [UNIT_LABEL]: unit } : ref.labels
  return { ...ref, labels, unit, id: undefined }
}
