/** Data files given on a command line. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'

export const DATA_FILES: readonly string[] = ['csv', 'tsv', 'tab', 'txt', 'ndjson', 'jsonl', 'json']

/** The files among the arguments that Weir can open; switches and everything else are passed over. */
export function dataFilesOf(args: readonly string[], folder: string): string[] {
  return args
    .filter((arg) => !arg.startsWith('-') && DATA_FILES.includes(arg.split('.').at(-1)?.toLowerCase() ?? ''))
    .map((arg) => resolve(folder, arg))
    .filter(isFile)
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
