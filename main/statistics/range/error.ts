/** A range of which what was asked for cannot be said; the message says why, in words. */
export class AnalysisError extends Error {
  override readonly name = 'AnalysisError'
  constructor(
    readonly code: 'TOO_FEW' | 'NO_PERIOD' | 'ALL_EQUAL' | 'REPLACED',
    message: string,
  ) {
    super(message)
  }
}
