/**
 * Secrets of the sources. Encrypted by the system where it can; otherwise in memory until the application ends, or,
 * after the user agreed, as they are in a file of mode 0600. What cannot be decrypted now stays in the file untouched.
 */
import { chmodSync, existsSync } from 'node:fs'
import { z } from 'zod'
import { readJson, writeJson } from './json-file'

export interface Cipher {
  encrypt(text: string): Buffer
  decrypt(data: Buffer): string
}
export type SecretsBySource = Readonly<Record<string, Readonly<Record<string, string>>>>

const table = z.record(z.string(), z.record(z.string(), z.string()))
const secretsFile = z.strictObject({
  version: z.literal(1),
  /** base64 of what the system encrypted. */
  encrypted: table.default({}),
  plain: table.default({}),
})
type Table = Map<string, Map<string, string>>

export class SecretStore {
  readonly #values: Table = new Map()
  /** Encrypted entries that this run cannot read. */
  readonly #sealed: Table = new Map()
  readonly keptAs: string | null

  /** @param cipher null where the system cannot encrypt safely. */
  constructor(
    private readonly path: string,
    private readonly cipher: Cipher | null,
    private plainAllowed: boolean,
  ) {
    const read = readJson(path, secretsFile)
    this.keptAs = read.keptAs
    for (const [source, name, value] of entries(read.value?.plain)) put(this.#values, source, name, value)
    for (const [source, name, value] of entries(read.value?.encrypted)) {
      const text = this.#decrypt(value)
      if (text === null) put(this.#sealed, source, name, value)
      else put(this.#values, source, name, text)
    }
  }

  get kept(): 'system' | 'plain' | 'none' {
    if (this.cipher) return 'system'
    return this.plainAllowed ? 'plain' : 'none'
  }

  /** True where the file holds secrets that cannot be read now: another keychain, another user, no keychain. */
  get hasUnreadable(): boolean {
    return this.#sealed.size > 0
  }

  all(): SecretsBySource {
    return toRecord(this.#values)
  }

  of(source: string): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#values.get(source) ?? [])
  }

  names(source: string): string[] {
    return [...(this.#values.get(source)?.keys() ?? [])].sort()
  }

  /** Adds or replaces by name; an empty text forgets one. */
  save(source: string, change: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(change)) {
      this.#sealed.get(source)?.delete(name)
      if (value === '') this.#values.get(source)?.delete(name)
      else put(this.#values, source, name, value)
    }
    this.#write()
  }

  allowPlain(allowed: boolean): void {
    if (allowed === this.plainAllowed) return
    this.plainAllowed = allowed
    if (!this.cipher) this.#write()
  }

  #write(): void {
    const { cipher } = this
    const plain = !cipher && this.plainAllowed ? toRecord(this.#values) : {}
    const encrypted = toRecord(this.#sealed)
    if (cipher)
      for (const [source, values] of this.#values) {
        const sealed = [...values].map(([name, value]) => [name, cipher.encrypt(value).toString('base64')] as const)
        encrypted[source] = { ...encrypted[source], ...Object.fromEntries(sealed) }
      }
    const empty = Object.keys(plain).length === 0 && Object.keys(encrypted).length === 0
    if (empty && !existsSync(this.path)) return
    writeJson(this.path, { version: 1, encrypted, plain }, 0o600)
    chmodSync(this.path, 0o600)
  }

  #decrypt(value: string): string | null {
    try {
      return this.cipher?.decrypt(Buffer.from(value, 'base64')) ?? null
    } catch {
      return null
    }
  }
}

function* entries(from: Record<string, Record<string, string>> | undefined): Iterable<[string, string, string]> {
  for (const [source, values] of Object.entries(from ?? {}))
    for (const [name, value] of Object.entries(values)) yield [source, name, value]
}

function put(into: Table, source: string, name: string, value: string): void {
  const values = into.get(source) ?? new Map<string, string>()
  values.set(name, value)
  into.set(source, values)
}

function toRecord(from: Table): Record<string, Record<string, string>> {
  const filled = [...from].filter(([, values]) => values.size > 0)
  return Object.fromEntries(filled.map(([source, values]) => [source, Object.fromEntries(values)]))
}
