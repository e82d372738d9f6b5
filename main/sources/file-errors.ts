/** Why a file cannot be read, in words. */
import { basename } from 'node:path'

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

export function fileFailure(error: unknown, path: string): string {
  if (isMissing(error)) return `${basename(path)} is not there`
  return `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`
}
