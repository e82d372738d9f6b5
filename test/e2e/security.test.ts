/** The security checklist, tried from inside a real window. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONTENT_POLICY } from '../../main/electron/assets'
import { WeirApp } from './app'

let app: WeirApp
beforeAll(async () => {
  app = await WeirApp.launch()
})
afterAll(() => app.close('security'))

describe('content policy', () => {
  it('comes with every answer of the protocol', async () => {
    const policy = await app.electron.evaluate(async ({ session }) => {
      const response = await session.defaultSession.fetch('weir://app/index.html')
      return response.headers.get('content-security-policy')
    })
    expect(policy).toBe(CONTENT_POLICY)
    expect(policy).not.toContain('unsafe')
  })

  it('blocks code from strings', async () => {
    // From a script element of our own origin it would be subject to the policy; the debugger is not.
    const error = await app.page.evaluate(async () => {
      const violation = new Promise<string>((resolve) =>
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective), {
          once: true,
        }),
      )
      setTimeout('window.broken = true')
      return violation
    })
    expect(error).toMatch(/script-src/)
    expect(await app.page.evaluate(() => 'broken' in window)).toBe(false)
  })

  it('blocks inline scripts, inline handlers, foreign scripts, frames and connections', async () => {
    const wanted = ['connect-src', 'frame-src', 'script-src-attr', 'script-src-elem']
    const violations = await app.page.evaluate(async (count) => {
      const seen = new Set<string>()
      const all = new Promise<void>((resolve) =>
        document.addEventListener('securitypolicyviolation', (event) => {
          seen.add(event.effectiveDirective)
          if (seen.size === count) resolve()
        }),
      )
      const script = document.createElement('script')
      script.textContent = 'window.broken = true'
      document.head.append(script)
      const foreign = document.createElement('script')
      foreign.src = 'https://example.org/x.js'
      document.head.append(foreign)
      const box = document.createElement('div')
      box.innerHTML = '<img src="x" onerror="window.broken = true"><iframe src="https://example.org/"></iframe>'
      document.body.append(box)
      await fetch('https://example.org/').catch(() => undefined)
      await all
      box.remove()
      return [...seen].sort()
    }, wanted.length)
    expect(violations).toEqual(wanted)
    expect(await app.page.evaluate(() => 'broken' in window)).toBe(false)
  })
})

describe('the page', () => {
  it('has the API and nothing of Node or Electron', async () => {
    const found = await app.page.evaluate(() => ({
      api: Object.keys(window.weir).sort(),
      node: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'].filter((name) => name in window),
    }))
    expect(found.node).toEqual([])
    expect(found.api).toContain('exportCsv')
    expect(found.api).not.toContain('send')
  })

  it('is refused every permission', async () => {
    const states = await app.page.evaluate(async () => {
      const names = [
        'geolocation',
        'notifications',
        'camera',
        'microphone',
        'clipboard-read',
        'midi',
      ] as PermissionName[]
      return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state))
    })
    expect(new Set(states)).toEqual(new Set(['denied']))
    expect(await app.page.evaluate(() => Notification.requestPermission())).toBe('denied')
    const media = await app.page.evaluate(() =>
      navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => 'given',
        () => 'refused',
      ),
    )
    expect(media).toBe('refused')
  })

  it('cannot go elsewhere or open windows', async () => {
    const before = app.page.url()
    const opened = await app.page.evaluate(() => {
      const link = document.createElement('a')
      link.href = 'https://example.org/'
      document.body.append(link)
      link.click()
      link.remove()
      return window.open('https://example.org/') === null
    })
    expect(opened).toBe(true)
    expect(app.page.url()).toBe(before)
    expect(await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
    await expect.poll(() => app.log()).toContain('a new window was refused')
    expect(app.log()).toContain('a navigation was refused')
  })

  it('runs in a sandboxed process with its own world for the preload', async () => {
    const preferences = await app.electron.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>
      }
      const { sandbox, contextIsolation, nodeIntegration, webSecurity } = contents.getLastWebPreferences()
      return { sandbox, contextIsolation, nodeIntegration, webSecurity }
    })
    expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true })
  })
})

describe('the protocol', () => {
  const get = (address: string): Promise<number> =>
    app.electron.evaluate(async ({ session }, url) => (await session.defaultSession.fetch(url)).status, address)

  it('serves the window', async () => {
    expect(await get('weir://app/index.html')).toBe(200)
    expect(await get('weir://app/')).toBe(200)
  })

  it.each([
    'weir://app/../../package.json',
    'weir://app/%2e%2e/%2e%2e/package.json',
    'weir://app/..%2f..%2fpackage.json',
    'weir://app/..%5c..%5cpackage.json',
    'weir://app/assets/%2e%2e%2f%2e%2e%2f%2e%2e%2fpackage.json',
    'weir://app//etc/passwd',
    'weir://app/nothing.js',
    'weir://elsewhere/index.html',
  ])('does not leave its folder: %s', async (address) => {
    expect(await get(address)).toBe(404)
  })
})

describe('the door for calls', () => {
  it('refuses a page that is not our own, even with our preload', async () => {
    const answer = await app.electron.evaluate(async ({ BrowserWindow, app: weir }) => {
      const preload = `${weir.getAppPath()}/out/preload/index.js`
      const foreign = new BrowserWindow({
        show: false,
        webPreferences: { preload, sandbox: true, contextIsolation: true },
      })
      try {
        await foreign.loadURL('data:text/html,foreign')
        return (await foreign.webContents.executeJavaScript('window.weir.info()')) as unknown
      } finally {
        foreign.destroy()
      }
    })
    expect(answer).toMatchObject({ ok: false, error: { code: 'REFUSED' } })
  })

  it('refuses arguments that do not fit', async () => {
    const call = (script: string): Promise<unknown> =>
      app.electron.evaluate(
        ({ BrowserWindow }, code) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(code),
        script,
      )
    for (const script of [
      'window.weir.saveSettings({ theme: "pink" })',
      'window.weir.saveSettings({ unknown: 1 })',
      'window.weir.saveSettings(null)',
      'window.weir.saveSecrets("", { password: "x" })',
      'window.weir.saveSecrets("a", { password: 5 })',
      'window.weir.exportCsv({ series: [] }, "x.csv")',
      'window.weir.showInFolder(7)',
      'window.weir.answerClose("yes")',
    ])
      expect(await call(script), script).toMatchObject({ ok: false, error: { code: 'BAD_PARAMETERS' } })
  })

  it('shows only files of its own in the file manager', async () => {
    const answer = await app.page.evaluate(() => window.weir.showInFolder('/etc/passwd'))
    expect(answer).toMatchObject({ ok: false, error: { code: 'REFUSED' } })
  })

  it('never gives a secret back', async () => {
    const names = await app.page.evaluate(async () => {
      await window.weir.saveSecrets('plant', { password: 'hidden', token: 'hidden too' })
      return window.weir.secretNames('plant')
    })
    expect(names).toEqual({ ok: true, value: ['password', 'token'] })
    const left = await app.page.evaluate(async () => {
      await window.weir.saveSecrets('plant', { token: '' })
      return window.weir.secretNames('plant')
    })
    expect(left).toEqual({ ok: true, value: ['password'] })
  })
})
