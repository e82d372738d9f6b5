/** `weir replay --config FILE --input FILE|- --output FILE|- [--sort time]` */
import { createReadStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { replay } from '../pipeline/replay'
import { parseReplayConfig, ReplayError } from '../pipeline/replay-config'
import { parseOptions, Usage } from './arguments'

/** Big pieces: the cost of a read is shared by some ten thousand lines. */
const CHUNK_BYTES = 1 << 20

/** @returns the exit code: 0, or 2 where the configuration, the input or the output cannot be used. */
export async function replayCommand(args: string[]): Promise<number> {
  try {
    const options = parseOptions(args, ['config', 'input', 'output'], ['sort'])
    if (options.sort !== undefined && options.sort !== 'time')
      throw new Usage(`--sort knows only "time", not ${JSON.stringify(options.sort)}`)
    const config = await readConfig(options.config)
    parseReplayConfig(config, options.config)
    const output = await openOutput(options.output)
    try {
      const summary = await replay({
        config,
        configName: options.config,
        input: options.input === '-' ? process.stdin : createReadStream(options.input, { highWaterMark: CHUNK_BYTES }),
        inputName: options.input === '-' ? 'standard input' : options.input,
        output: output.write,
        sortByTime: options.sort === 'time',
      })
      process.stderr.write(`${JSON.stringify(summary)}\n`)
    } finally {
      await output.close()
    }
    return 0
  } catch (error) {
    if (!(error instanceof ReplayError) && !(error instanceof Usage)) throw error
    process.stderr.write(`weir replay: ${error.message}\n`)
    return 2
  }
}

async function readConfig(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new ReplayError(`${path}: cannot be read (${reason(error)}); check the path given to --config`)
  }
}

interface Output {
  write(text: string): Promise<void>
  close(): Promise<void>
}

async function openOutput(path: string): Promise<Output> {
  if (path === '-') {
    // Each write tells of its own error; without a listener the stream would throw it once more.
    process.stdout.on('error', () => {})
    return { write: writeToStandardOutput, close: () => Promise.resolve() }
  }
  const failed = (error: unknown): never => {
    throw new ReplayError(
      `${path}: cannot be written (${reason(error)}); check the path given to --output and its disk`,
    )
  }
  const file = await open(path, 'w').catch(failed)
  return { write: (text) => file.writeFile(text).catch(failed), close: () => file.close() }
}

function writeToStandardOutput(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve()
      else reject(new ReplayError(`standard output: cannot be written (${reason(error)}); its reader has gone`))
    })
  })
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
