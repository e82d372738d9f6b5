/** The packaged application as a user gets it: its fuses, and a first minute in its window. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright'
import type { Page } from 'playwright'
import { afterEach, describe, expect, it } from 'vitest'

const FOLDER = resolve('dist/linux-unpacked')
const BINARY = join(FOLDER, 'weir')
/** Stands before the wire in every Electron binary; then its version, its length and one character a fuse. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
/**
 * RunAsNode, CookieEncryption, NodeOptions, NodeCliInspect, AsarIntegrity, OnlyLoadAppFromAsar, V8 snapshot, and from
 * 29 on the file protocol's privileges.
 */
const WIRES: Readonly<Record<string, string>> = { '25': '0100110', '45': '01001100' }

describe('the packaged application', () => {
  it('has every fuse as the security checklist says', () => {
    const binary = readFileSync(BINARY)
    const at = binary.indexOf(SENTINEL) + SENTINEL.length
    const length = binary[at + 1] as number
    const wire = binary.subarray(at + 2, at + 2 + length).toString('latin1')
    const named = binary.indexOf('Electron v')
    const version = /^Electron v(\d+)\./.exec(binary.subarray(named, named + 20).toString('latin1'))?.[1] ?? ''
    const expected = WIRES[version] ?? 'an Electron whose wire this test does not know'
    expect(binary[at]).toBe(1)
    expect(wire.slice(0, expected.length)).toBe(expected)
  })

  it('brings the guide and the schema where other programs can open them', () => {
    for (const name of ['guide/guide.en.html', 'guide/guide.zh-CN.html', 'guide/guide.css', 'workspace.schema.json'])
      expect(existsSync(join(FOLDER, 'resources', name)), name).toBe(true)
  })

  describe('in a window', () => {
    let app: ChildProcess | undefined
    let userData = ''
    afterEach(async () => {
      if (app !== undefined && app.exitCode === null) {
        const gone = new Promise((done) => app?.once('exit', done))
        app.kill('SIGTERM')
        await gone
      }
      await rm(userData, { recursive: true, force: true })
    })

    it('opens, starts the demo and draws real points', async () => {
      userData = await mkdtemp(join(tmpdir(), 'weir-packaged-'))
      const page = await open()
      await page.getByTestId('card-demo').click()
      await page.waitForFunction(
        () =>
          [...document.querySelectorAll('[data-testid^="panel-"]')].some(
            (panel) => Number(panel.getAttribute('data-points')) > 100,
          ),
        undefined,
        { timeout: 60_000 },
      )
      expect(await page.title()).toContain('Weir')
    })

    async function open(): Promise<Page> {
      const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
      app = spawn(BINARY, [...sandbox, '--remote-debugging-port=0', `--user-data-dir=${userData}`], { stdio: 'ignore' })
      const portFile = join(userData, 'DevToolsActivePort')
      for (let tries = 0; !existsSync(portFile) || readFileSync(portFile, 'utf8') === ''; tries++) {
        if (tries > 600) throw new Error('the packaged application did not open its debugging port within a minute')
        await new Promise((done) => setTimeout(done, 100))
      }
      const address = `http://127.0.0.1:${readFileSync(portFile, 'utf8').split('\n')[0]}`
      // Electron has no browser contexts to set defaults on.
      const browser = await chromium.connectOverCDP(address, { noDefaults: true })
      const context = browser.contexts()[0]
      if (context === undefined) throw new Error('no window')
      const page = context.pages()[0] ?? (await context.waitForEvent('page'))
      await page.waitForSelector('[data-ready="true"]', { timeout: 60_000 })
      return page
    }
  })
})
