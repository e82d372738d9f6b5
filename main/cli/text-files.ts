/** Text that commands read and write whole: configurations, and lines of results. */
import { open, readFile } from 'node:fs/promises'
import { Usage } from './arguments'

/** @param option that names the file. @throws Usage */
export async function readText(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new Usage(`${path}: cannot be read (${reason(error)}); check the path given to --${option}`)
  }
}

export interface TextOutput {
  write(text: string): Promise<void>
  close(): Promise<void>
}

/** @param path `-`: standard output. @throws Usage, also from `write` */
export async function openOutput(path: string): Promise<TextOutput> {
  if (path === '-') {
    // Each write tells of its own error; without a listener the stream would throw it once more.
    process.stdout.on('error', () => {})
    return { write: writeToStandardOutput, close: () => Promise.resolve() }
  }
  const failed = (error: unknown): never => {
    throw new Usage(`${path}: cannot be written (${reason(error)}); check the path given to --output and its disk`)
  }
  const file = await open(path, 'w').catch(failed)
  return { write: (text) => file.writeFile(text).catch(failed), close: () => file.close() }
}

function writeToStandardOutput(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve()
      else reject(new Usage(`standard output: cannot be written (${reason(error)}); its reader has gone`))
    })
  })
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
