/** `weir replay --config FILE --input FILE|- --output FILE|- [--sort time]` */
import { createReadStream } from 'node:fs'
import { replay } from '../pipeline/replay'
import { parseReplayConfig, ReplayError } from '../pipeline/replay-config'
import { parseOptions, Usage } from './arguments'
import { openOutput, readText } from './text-files'

/** Big pieces: the cost of a read is shared by some ten thousand lines. */
const CHUNK_BYTES = 1 << 20

/** @returns the exit code: 0, or 2 where the configuration, the input or the output cannot be used. */
export async function replayCommand(args: string[]): Promise<number> {
  try {
    const options = parseOptions(args, ['config', 'input', 'output'], ['sort'])
    if (options.sort !== undefined && options.sort !== 'time')
      throw new Usage(`--sort knows only "time", not ${JSON.stringify(options.sort)}`)
    const config = await readText('config', options.config)
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
