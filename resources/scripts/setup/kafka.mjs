/** An Apache Kafka broker for tests and benchmarks: its jars by Maven into the cache, once. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, root } from './folders.mjs'
import { say, SetupError } from './run.mjs'

const pom = join(root, 'resources', 'scripts', 'setup', 'kafka-broker.xml')
const jars = () => join(cacheFolder(), 'kafka-3.9.2')

/**
 * @returns {string | null} the folder with the jars; null where there is no Java or no Maven, which is said in one
 * line and makes the Kafka tests skip themselves
 * @throws {SetupError} instead, where CI=true: there nothing may be skipped
 */
export function ensureKafka() {
  try {
    if (!runs('java', ['-version'])) throw new SetupError('Java 17 or newer is not installed')
    if (!existsSync(jars())) fetchJars()
    return jars()
  } catch (error) {
    if (!(error instanceof SetupError) || process.env['CI'] === 'true') throw error
    say(`KAFKA IS NOT TESTED: ${error.message} (Debian: apt-get install default-jre-headless maven)`)
    return null
  }
}

function fetchJars() {
  say('Fetching an Apache Kafka broker for the tests …')
  mkdirSync(cacheFolder(), { recursive: true })
  const work = mkdtempSync(join(cacheFolder(), 'kafka-'))
  try {
    const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${join(work, 'jars')}`]
    const { status, error, stdout } = spawnSync('mvn', args, { encoding: 'utf8', shell: process.platform === 'win32' })
    if (error !== undefined) throw new SetupError('Maven is not installed')
    if (status !== 0) throw new SetupError(`Maven cannot fetch the broker: ${stdout.trim().split('\n')[0]}`)
    if (!existsSync(jars())) renameSync(join(work, 'jars'), jars())
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 */
const runs = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0
