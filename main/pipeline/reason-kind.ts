/** What rejected records are counted by. */
const LONGEST = 160

/**
 * A reason without the values in it, so that the same trouble is one line however many records have it: texts in
 * quotes, times and numbers become …
 */
export function reasonKind(reason: string): string {
  return reason
    .replace(/"(?:[^"\\]|\\.)*"?|'[^']*'|`[^`]*`/gs, '…')
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z?/g, '…')
    .replace(/(?<![\p{L}_$])[-+]?\d[\d.,]*(?:e[-+]?\d+)?/giu, '…')
    .slice(0, LONGEST)
}
