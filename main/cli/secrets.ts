/** Secrets of an engine without a window: from a file of the user, and from what the service manager hands over. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Usage } from './arguments'

/** By the id of the source, then by the name of the secret. */
export type Secrets = Record<string, Record<string, string>>

const secretsFile = z.record(z.string(), z.record(z.string(), z.string()))

/**
 * @param file `{"source id": {"password": "…"}}`, readable by its owner only; its secrets go before those of `folder`
 * @param folder of systemd's credentials: a file `ID.NAME` holds the secret NAME of the source ID, such as
 * `plant.password`; others are not looked at, and neither is a line end behind the secret
 * @throws Usage without a word of what is in the files
 */
export async function readSecrets(file: string | undefined, folder: string | undefined): Promise<Secrets> {
  const given = folder === undefined ? {} : await readCredentials(folder)
  const written = file === undefined ? {} : await readFileOf(file)
  const secrets: Secrets = Object.create(null) as Secrets
  for (const source of [given, written])
    for (const [id, named] of Object.entries(source)) secrets[id] = { ...secrets[id], ...named }
  return secrets
}

async function readFileOf(path: string): Promise<Secrets> {
  const { mode } = await stat(path).catch(() => {
    throw new Usage(`the secrets file ${path} is not there`)
  })
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new Usage(`others may read the secrets file ${path}; run chmod 600 on it`)
  try {
    return secretsFile.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    // The parser's own message would show what is in the file.
    throw new Usage(`the secrets file ${path} is not of the form {"source id": {"password": "…"}}`)
  }
}

/** https://systemd.io/CREDENTIALS: read-only files in a folder that the service alone may read. */
async function readCredentials(folder: string): Promise<Secrets> {
  const names = await readdir(folder).catch(() => {
    throw new Usage(`the folder of credentials ${folder} is not there`)
  })
  const secrets: Secrets = Object.create(null) as Secrets
  for (const name of names) {
    const dot = name.indexOf('.')
    if (dot < 1) continue
    const id = name.slice(0, dot)
    const text = await readFile(join(folder, name), 'utf8')
    secrets[id] = { ...secrets[id], [name.slice(dot + 1)]: text.replace(/\r?\n$/, '') }
  }
  return secrets
}
