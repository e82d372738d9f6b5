/** Text in a cell of CSV (RFC 4180), such that no spreadsheet runs it and an import finds the same text. */

/** A text that a spreadsheet would run, after any number of quotes. */
const FORMULA = /^'*[=+\-@\t\r]/

/**
 * Quotes a text cell where it must: an empty text is not the same as none. With `guard` a leading = + - @ TAB CR gets a
 * quote, so that no spreadsheet runs it; what looks guarded already gets one in any case, so that one can be taken off.
 */
export function textCell(text: string | null, delimiter: string, guard: boolean): string {
  if (text === null) return ''
  const guarded = FORMULA.test(text) && (guard || text.startsWith("'")) ? `'${text}` : text
  const quoted = guarded === '' || guarded.includes(delimiter) || /["\r\n]/.test(guarded)
  return quoted ? `"${guarded.replaceAll('"', '""')}"` : guarded
}

/** The text of a cell that `textCell` wrote. */
export const unguarded = (text: string): string => (text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text)
