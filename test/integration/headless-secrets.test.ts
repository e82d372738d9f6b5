/** Passwords of an engine without a window: where they may come from, and that they are written nowhere. */
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterEach, describe, expect, it } from 'vitest'
import { workspace } from '../../shared/config/workspace'
import { mqttSource } from './support/engine'
import { startHeadless } from './support/headless'
import type { Headless } from './support/headless'
import { mosquittoMissing, startMosquitto } from './support/mosquitto'
import type { Mosquitto } from './support/mosquitto'
import { temporaryFolder, until } from './support/world'

const PASSWORD = 'planted-secret-4127'

describe.skipIf(mosquittoMissing)('secrets without a window', () => {
  let broker: Mosquitto | undefined
  let engine: Headless | undefined

  afterEach(async () => {
    if (engine?.child.exitCode === null) await engine.end('SIGKILL')
    await broker?.stop()
    engine = broker = undefined
  })

  async function plant(): Promise<string> {
    const folder = await temporaryFolder()
    broker = await startMosquitto({ users: { weir: PASSWORD } })
    const source = mqttSource(broker.url, {}, { user: 'weir' })
    await writeFile(join(folder, 'workspace.json'), JSON.stringify(workspace.parse({ version: 1, sources: [source] })))
    return folder
  }

  async function receivesOne(running: Headless): Promise<void> {
    await until(
      () => running.line.includes('plant=live'),
      () => `the source is live: ${running.line}`,
    )
    const device = await connectAsync((broker as Mosquitto).url, { username: 'weir', password: PASSWORD })
    await device.publishAsync('plant/a', '{"value": 1}', { qos: 1 })
    await device.publishAsync('plant/a', 'no reading', { qos: 1 })
    await device.endAsync()
    await running.stores(1)
  }

  async function secretsFile(folder: string, mode: number): Promise<string> {
    const path = join(folder, 'secrets.json')
    await writeFile(path, JSON.stringify({ plant: { password: PASSWORD } }))
    await chmod(path, mode)
    return path
  }

  it('come from a file of mode 0600, and stand in no other file, in no output and not in the arguments', async () => {
    const folder = await plant()
    const path = await secretsFile(folder, 0o600)
    engine = await startHeadless(folder, '--secrets', path)
    await receivesOne(engine)
    if (process.platform === 'linux') {
      const { pid } = engine.child
      for (const of of ['cmdline', 'environ'])
        expect(await readFile(`/proc/${pid}/${of}`, 'latin1'), of).not.toContain(PASSWORD)
    }
    expect(await engine.end('SIGINT')).toBe(0)
    expect(engine.output).not.toContain(PASSWORD)
    execFileSync(process.execPath, [
      ...['out/main/cli.js', 'export', '--db', join(folder, 'weir.db')],
      ...['--output', join(folder, 'export.csv')],
    ])
    const files = (await readdir(folder)).filter((name) => name !== 'secrets.json')
    expect(files).toEqual(expect.arrayContaining(['weir.db', 'workspace.json', 'export.csv']))
    for (const name of files)
      expect((await readFile(join(folder, name))).includes(PASSWORD), `${name} holds the password`).toBe(false)
  })

  it.skipIf(process.platform === 'win32')('are refused where others may read the file', async () => {
    const folder = await plant()
    const path = await secretsFile(folder, 0o644)
    await expect(startHeadless(folder, '--secrets', path)).rejects.toThrow(/others may read .*chmod 600/)
  })

  it('come from the credentials of systemd', async () => {
    const folder = await plant()
    const credentials = join(folder, 'credentials')
    await mkdir(credentials)
    await writeFile(join(credentials, 'plant.password'), `${PASSWORD}\n`)
    await writeFile(join(credentials, 'unrelated'), 'x')
    process.env['CREDENTIALS_DIRECTORY'] = credentials
    try {
      engine = await startHeadless(folder)
    } finally {
      delete process.env['CREDENTIALS_DIRECTORY']
    }
    await receivesOne(engine)
  })

  it('without them the reason is said, and not what was tried', async () => {
    const folder = await plant()
    await writeFile(join(folder, 'secrets.json'), JSON.stringify({ plant: { password: `${PASSWORD}x` } }), {
      mode: 0o600,
    })
    engine = await startHeadless(folder, '--secrets', join(folder, 'secrets.json'))
    const running = engine
    await until(
      () => /plant=\w+ \(.*(password|authori[sz]ed)/i.test(running.line),
      () => `the broker's refusal is said: ${running.line}`,
    )
    expect(running.output).not.toContain(PASSWORD)
  })

  it('a file of another form is refused without a word of what is in it', async () => {
    const folder = await plant()
    const path = join(folder, 'secrets.json')
    await writeFile(path, `{"plant": "${PASSWORD}"}`, { mode: 0o600 })
    const refused = await startHeadless(folder, '--secrets', path).catch((error: unknown) => String(error))
    expect(refused).toContain('is not of the form')
    expect(refused).not.toContain(PASSWORD)
  })
})
