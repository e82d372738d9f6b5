/** Small rules of the desktop side. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CrashCount } from '../../../main/electron/crash-count'
import { endInWords } from '../../../main/electron/end-in-words'
import { dataFilesOf } from '../../../main/electron/open-files'
import { PROVEN_AFTER, RESTART_DELAYS, RestartDelays } from '../../../main/electron/restart-delays'
import { readSwitches } from '../../../main/electron/switches'
import { languageOf, wordsOf } from '../../../main/electron/translations'
import { TRAY_SIZE, trayBitmap } from '../../../main/electron/tray-icon'
import { DEFAULT_SIZE, LEAST_SIZE, placeWindow } from '../../../main/electron/window-state'
import { desktopCallNames } from '../../../shared/ipc/channels'
import { desktopParams } from '../../../shared/ipc/desktop-calls'
import { settings } from '../../../shared/ipc/desktop'
import english from '../../../resources/translations/menu.en.json'
import chinese from '../../../resources/translations/menu.zh-CN.json'

describe('restart delays', () => {
  it('start at once, grow, and stay at the last', () => {
    const delays = new RestartDelays()
    expect(RESTART_DELAYS[0]).toBeLessThanOrEqual(250)
    expect(Array.from({ length: 8 }, () => delays.failed(0))).toEqual([...RESTART_DELAYS, 10_000, 10_000])
  })

  it('start anew after a minute of running, and not before', () => {
    const delays = new RestartDelays()
    for (let index = 0; index < 4; index++) delays.failed(0)
    delays.running(1_000)
    expect(delays.failed(1_000 + PROVEN_AFTER - 1)).toBe(RESTART_DELAYS[4])
    delays.running(100_000)
    expect(delays.failed(100_000 + PROVEN_AFTER)).toBe(RESTART_DELAYS[0])
  })
})

describe('the place of a window', () => {
  const left = { x: 0, y: 0, width: 1920, height: 1040 }
  const right = { x: 1920, y: 0, width: 1280, height: 1024 }

  it('is the default without one, cut to a small screen', () => {
    expect(placeWindow(null, [left])).toEqual(DEFAULT_SIZE)
    expect(placeWindow(null, [{ x: 0, y: 0, width: 1024, height: 728 }])).toEqual({ width: 1024, height: 728 })
    expect(placeWindow(null, [])).toEqual(DEFAULT_SIZE)
  })
  it('is kept on the screen where it was', () => {
    const saved = { x: 2000, y: 50, width: 1000, height: 700 }
    expect(placeWindow(saved, [left, right])).toEqual(saved)
  })
  it.each([
    { x: 2000, y: 50, width: 1000, height: 700 },
    { x: 100, y: 1030, width: 1000, height: 700 },
    { x: 100, y: -400, width: 1000, height: 700 },
    { x: -950, y: 50, width: 1000, height: 700 },
  ])('is given up where its title bar could not be reached: %o', (saved) => {
    expect(placeWindow(saved, [left])).toEqual(DEFAULT_SIZE)
  })
  it('is never larger than the screen nor smaller than the least', () => {
    expect(placeWindow({ x: 0, y: 0, width: 5000, height: 4000 }, [left])).toMatchObject({ width: 1920, height: 1040 })
    expect(placeWindow({ x: 0, y: 0, width: 200, height: 100 }, [left])).toMatchObject(LEAST_SIZE)
  })
})

describe('translations of menus, tray and dialogs', () => {
  it('have the same phrases, none empty, with the same parameters', () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort())
    const parameters = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort()
    for (const [phrase, text] of Object.entries(english)) {
      const other = chinese[phrase as keyof typeof chinese]
      expect(text.length * other.length, phrase).toBeGreaterThan(0)
      expect(parameters(other), phrase).toEqual(parameters(text))
    }
  })
  it('follow the system or the choice', () => {
    expect(languageOf('system', 'zh-TW')).toBe('zh-CN')
    expect(languageOf('system', 'zh')).toBe('zh-CN')
    expect(languageOf('system', 'de')).toBe('en')
    expect(languageOf('en', 'zh-CN')).toBe('en')
    expect(wordsOf('en')('tray.sources', { live: '1', count: '2' })).toBe('1 of 2 sources live')
  })
})

describe('calls', () => {
  it('all have their parameters', () => {
    expect(Object.keys(desktopParams).sort()).toEqual([...desktopCallNames].sort())
  })
  it('change only the settings that are named', () => {
    expect(desktopParams.saveSettings.parse([{ theme: 'dark' }])).toEqual([{ theme: 'dark' }])
    expect(desktopParams.saveSettings.safeParse([{ theme: undefined }]).success).toBe(false)
    const all = settings.parse({})
    expect(Object.keys(desktopParams.saveSettings.parse([all])[0]).sort()).toEqual(Object.keys(all).sort())
  })
})

it('three crashes within a minute are a page that cannot live', () => {
  const crashes = new CrashCount()
  expect([0, 30_000, 60_000, 61_000].map((time) => crashes.add(time))).toEqual([false, false, false, true])
})

it('the end of a process is put into words', () => {
  expect(endInWords(0, { reason: 'killed', exitCode: 9 }, '')).toBe('killed (signal 9)')
  expect(endInWords(6, { reason: 'crashed', exitCode: 6 }, '')).toBe('crashed (6)')
  expect(endInWords(0, { reason: 'crashed', exitCode: 6 }, 'FATAL ERROR: heap out of memory')).toBe('out of memory')
  expect(endInWords(1, null, 'Error: no such table')).toBe('Error: no such table')
  expect(endInWords(3, null, '')).toBe('ended with code 3')
})

it('data files of a command line are found, switches and the rest passed over', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-open-'))
  writeFileSync(join(folder, 'a.csv'), '')
  writeFileSync(join(folder, 'b.JSONL'), '')
  writeFileSync(join(folder, 'c.exe'), '')
  const args = ['--flag', '.', 'a.csv', join(folder, 'b.JSONL'), 'c.exe', 'missing.csv', '--out=a.csv']
  expect(dataFilesOf(args, folder)).toEqual([join(folder, 'a.csv'), join(folder, 'b.JSONL')])
  rmSync(folder, { recursive: true })
})

it('switches are read', () => {
  expect(readSwitches(['.', '--smoke=out', '--verbose'])).toEqual({ smoke: 'out', verbose: true })
  expect(readSwitches(['--smoke='])).toEqual({ smoke: null, verbose: false })
})

it('the tray icon has a red dot only while something fires', () => {
  const red = (pixels: Buffer): number => {
    let count = 0
    for (let at = 0; at < pixels.length; at += 4) if ((pixels[at + 2] ?? 0) > 150 && (pixels[at] ?? 0) < 60) count++
    return count
  }
  expect(trayBitmap(false)).toHaveLength(TRAY_SIZE * TRAY_SIZE * 4)
  expect(red(trayBitmap(false))).toBe(0)
  expect(red(trayBitmap(true))).toBeGreaterThan(100)
})
