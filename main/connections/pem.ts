/** TLS material is stored by content; older workspaces and hand-written ones may name a file instead. */
import { readFileSync } from 'node:fs'

/** @throws Error naming the file that cannot be read or holds no PEM text. */
export function pemText(textOrPath: string): string {
  if (isPem(textOrPath)) return textOrPath
  let text: string
  try {
    text = readFileSync(textOrPath, 'utf8')
  } catch (error) {
    throw new Error(`cannot read ${textOrPath}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
  if (!isPem(text)) throw new Error(`${textOrPath} is not a PEM file`)
  return text
}

const isPem = (text: string): boolean => /-----BEGIN [A-Z0-9 ]+-----/.test(text)
