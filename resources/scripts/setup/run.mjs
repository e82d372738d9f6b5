/** Running other programs: what failed is said with its last lines. */
import { spawn, spawnSync } from 'node:child_process'
import { root } from './folders.mjs'

/** A step that failed, in one sentence for the user. */
export class SetupError extends Error {}

/** npm itself, without a shell: on Windows `npm` is a batch file. */
const npmCli = process.env['npm_execpath']

/**
 * Runs npm quietly.
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {string} standard output
 */
export function npm(args, options = {}) {
  const [command, first] =
    npmCli !== undefined && npmCli.endsWith('.js')
      ? [process.execPath, [npmCli]]
      : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []]
  const result = spawnSync(command, [...first, ...args], {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    encoding: 'utf8',
    shell: command.endsWith('.cmd'),
    maxBuffer: 64 << 20,
  })
  if (result.status !== 0)
    throw new SetupError(
      `npm ${args.join(' ')} failed:\n${lastLines(`${result.stdout ?? ''}\n${result.stderr ?? ''}`)}`,
    )
  return result.stdout
}

/** @param {string} text */
const lastLines = (text) => text.trim().split('\n').slice(-15).join('\n')

/**
 * Runs a program in the foreground and gives its exit code; signals go on to it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>}
 */
export function foreground(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: process.cwd(),
      stdio: 'inherit',
      env: { ...process.env, ...options.env },
    })
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => void child.kill(signal)
    process.on('SIGINT', forward).on('SIGTERM', forward)
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      process.off('SIGINT', forward).off('SIGTERM', forward)
      resolve(code ?? (signal === null ? 1 : 128))
    })
  })
}

/** @param {string} line */
export const say = (line) => void process.stderr.write(`${line}\n`)

/**
 * Runs a script's main function; a SetupError is one sentence, not a stack.
 * @param {() => Promise<number>} main
 */
export function runScript(main) {
  main().then(
    (code) => {
      process.exitCode = code
    },
    (error) => {
      say(error instanceof SetupError ? error.message : String(error?.stack ?? error))
      process.exitCode = 1
    },
  )
}
