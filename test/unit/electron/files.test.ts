/** Files of the desktop side: settings, secrets, window state, log. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RotatingLog } from '../../../main/electron/rotating-log'
import { SecretStore } from '../../../main/electron/secrets'
import type { Cipher } from '../../../main/electron/secrets'
import { SettingsStore } from '../../../main/electron/settings-store'
import { loadWindowState, saveWindowState } from '../../../main/electron/window-state'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)

describe('settings', () => {
  it('start with defaults and keep what is changed', () => {
    const store = new SettingsStore(at('settings.json'))
    expect(store.current).toMatchObject({ theme: 'system', language: 'system', keepRunning: null })
    const seen: string[] = []
    store.onChange(({ theme }) => seen.push(theme))
    store.change({ theme: 'dark' })
    store.change({ keepRunning: true })
    expect(seen).toEqual(['dark', 'dark'])
    expect(new SettingsStore(at('settings.json')).current).toMatchObject({ theme: 'dark', keepRunning: true })
    expect(readdirSync(folder)).toEqual(['settings.json'])
  })

  it.each(['{"theme": "pink"}', '{"theme": "dark", "unknown": 1}', '{"theme":', '', '[]', 'null'])(
    'keeps a broken file aside: %s',
    (text) => {
      writeFileSync(at('settings.json'), text)
      const store = new SettingsStore(at('settings.json'))
      expect(store.current.theme).toBe('system')
      expect(store.keptAs).not.toBeNull()
      expect(readFileSync(store.keptAs as string, 'utf8')).toBe(text)
    },
  )

  it('stay as they were where the file cannot be written', () => {
    const store = new SettingsStore(at('in/settings.json'))
    writeFileSync(at('in'), 'a file where the folder should be')
    expect(() => store.change({ theme: 'dark' })).toThrow()
    expect(store.current.theme).toBe('system')
  })
})

describe('secrets', () => {
  const PASSWORD = 'planted-secret-7391'
  /** Stands for the keychain of one user: another `key` cannot read it. */
  const cipher = (key: number): Cipher => ({
    encrypt: (text) => Buffer.from([key, ...Buffer.from(text).map((byte) => byte ^ 0x5a)]),
    decrypt: (data) => {
      if (data[0] !== key) throw new Error('another key')
      return Buffer.from(data.subarray(1).map((byte) => byte ^ 0x5a)).toString()
    },
  })
  const file = () => at('secrets.json')
  const text = () => readFileSync(file(), 'utf8')

  it('are encrypted by the system and come back', () => {
    const store = new SecretStore(file(), cipher(1), false)
    expect(store.kept).toBe('system')
    store.save('plant', { password: PASSWORD, token: 't' })
    expect(text()).not.toContain(PASSWORD)
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    const again = new SecretStore(file(), cipher(1), false)
    expect(again.of('plant')).toEqual({ password: PASSWORD, token: 't' })
    expect(again.names('plant')).toEqual(['password', 'token'])
    expect(again.hasUnreadable).toBe(false)
  })

  it('are forgotten by an empty text', () => {
    const store = new SecretStore(file(), cipher(1), false)
    store.save('plant', { password: PASSWORD })
    store.save('plant', { password: '' })
    expect(store.names('plant')).toEqual([])
    expect(new SecretStore(file(), cipher(1), false).all()).toEqual({})
  })

  it('are never written as they are without a yes', () => {
    const store = new SecretStore(file(), null, false)
    expect(store.kept).toBe('none')
    store.save('plant', { password: PASSWORD })
    expect(store.of('plant')).toEqual({ password: PASSWORD })
    expect(readdirSync(folder)).toEqual([])
  })

  it('are kept in a file of mode 0600 after it, until it is taken back', () => {
    const store = new SecretStore(file(), null, false)
    store.save('plant', { password: PASSWORD })
    store.allowPlain(true)
    expect(store.kept).toBe('plain')
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(new SecretStore(file(), null, true).of('plant')).toEqual({ password: PASSWORD })
    store.allowPlain(false)
    expect(text()).not.toContain(PASSWORD)
    expect(store.of('plant')).toEqual({ password: PASSWORD })
  })

  it('move into the keychain as soon as there is one', () => {
    new SecretStore(file(), null, true).save('plant', { password: PASSWORD })
    const store = new SecretStore(file(), cipher(1), true)
    expect(store.of('plant')).toEqual({ password: PASSWORD })
    store.save('other', { token: 't' })
    expect(text()).not.toContain(PASSWORD)
    expect(new SecretStore(file(), cipher(1), true).of('plant')).toEqual({ password: PASSWORD })
  })

  it('that cannot be read now stay in the file untouched', () => {
    new SecretStore(file(), cipher(1), false).save('plant', { password: PASSWORD, token: 't' })
    const elsewhere = new SecretStore(file(), cipher(2), false)
    expect(elsewhere.hasUnreadable).toBe(true)
    expect(elsewhere.all()).toEqual({})
    elsewhere.save('plant', { token: 'new' })
    elsewhere.save('other', { password: 'p' })
    const home = new SecretStore(file(), cipher(1), false)
    expect(home.of('plant')).toEqual({ password: PASSWORD })
    expect(new SecretStore(file(), cipher(2), false).all()).toEqual({
      plant: { token: 'new' },
      other: { password: 'p' },
    })
  })

  it('of a broken file are kept aside with it', () => {
    writeFileSync(file(), '{"version": 2}')
    expect(new SecretStore(file(), null, false).keptAs).toContain('secrets.json.broken-')
  })

  it('take no name for a path into an object', () => {
    const store = new SecretStore(file(), cipher(1), false)
    store.save('constructor', { toString: 'x' })
    expect(store.names('constructor')).toEqual(['toString'])
    expect(store.names('hasOwnProperty')).toEqual([])
  })
})

describe('window state', () => {
  it('comes back, and is nothing where the file is broken', () => {
    const state = { bounds: { x: 1, y: 2, width: 900, height: 700 }, maximized: true }
    saveWindowState(at('window.json'), state)
    expect(loadWindowState(at('window.json'))).toEqual(state)
    writeFileSync(at('window.json'), '{"bounds": {"x": 1}}')
    expect(loadWindowState(at('window.json'))).toEqual({ bounds: null, maximized: false })
  })
})

describe('log', () => {
  const clock = () => new Date(0)

  it('writes one line an event', () => {
    const log = new RotatingLog(at('logs/weir.log'), 1000, 3, clock)
    log.write('info', 'main', 'started\n')
    log.close()
    expect(readFileSync(at('logs/weir.log'), 'utf8')).toBe('1970-01-01T00:00:00.000Z info main: started\n')
  })

  it('keeps three files of the size given, the newest lines in the first', () => {
    const log = new RotatingLog(at('weir.log'), 100, 3, clock)
    for (let index = 0; index < 20; index++) log.write('info', 'main', `line ${index}`)
    log.close()
    expect(readdirSync(folder).sort()).toEqual(
      ['weir.1.log', 'weir.2.log', 'weir.log'].filter((name) => readdirSync(folder).includes(name)),
    )
    for (const name of readdirSync(folder)) expect(statSync(at(name)).size).toBeLessThan(150)
    const all = ['weir.2.log', 'weir.1.log', 'weir.log']
      .filter((name) => readdirSync(folder).includes(name))
      .map((name) => readFileSync(at(name), 'utf8'))
      .join('')
    expect(all.trimEnd().split('\n').at(-1)).toContain('line 19')
    expect(all).not.toContain('line 0\n')
  })

  it('goes on in the file of the last run', () => {
    new RotatingLog(at('weir.log'), 1000, 3, clock).write('info', 'a', 'first')
    new RotatingLog(at('weir.log'), 1000, 3, clock).write('info', 'a', 'second')
    expect(readFileSync(at('weir.log'), 'utf8').split('\n')).toHaveLength(3)
  })

  it('does not fail where nothing can be written', () => {
    writeFileSync(at('file'), '')
    const log = new RotatingLog(at('file/weir.log'))
    expect(() => log.write('info', 'a', 'b')).not.toThrow()
  })
})
