/** Starts the real application in a real window, on a user data folder of its own, and ends it again. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from 'playwright'
import type { ElectronApplication, Page } from 'playwright'
import { ensureBuilt } from '../../resources/scripts/setup/build.mjs'
import { hasDisplay, startDisplay } from '../../resources/scripts/setup/display.mjs'
import { ensureElectron, rootSwitches } from '../../resources/scripts/setup/electron.mjs'
import { root } from '../../resources/scripts/setup/folders.mjs'

export interface LaunchOptions {
  /** An existing folder is used as it is and left; without one a fresh folder is made and removed. */
  readonly userData?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Limits, not waits: every step goes on as soon as its condition is met. */
export const SOON_MS = 15_000
export const START_MS = 30_000

const pictures = join(root, 'test-results', 'e2e')

export class WeirApp {
  private constructor(
    readonly electron: ElectronApplication,
    readonly page: Page,
    readonly userData: string,
    private readonly own: boolean,
    /** Errors of the page and refusals of its content policy. */
    readonly problems: readonly string[],
  ) {}

  static async launch(options: LaunchOptions = {}): Promise<WeirApp> {
    const userData = options.userData ?? mkdtempSync(join(tmpdir(), 'weir-e2e-'))
    const { executablePath, args } = await runtime()
    const electron = await _electron.launch({
      executablePath,
      args: [...args, `--user-data-dir=${userData}`, '--lang=en-US', ...(options.args ?? [])],
      env: { ...environment(), ...options.env },
      timeout: START_MS,
    })
    const page = await electron.firstWindow({ timeout: START_MS })
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    await page.locator('[data-ready="true"]').waitFor({ timeout: START_MS })
    return new WeirApp(electron, page, userData, options.userData === undefined, problems)
  }

  /** By the test id that the parts of the window carry. */
  part(id: string) {
    return this.page.getByTestId(id)
  }

  async picture(name: string): Promise<void> {
    mkdirSync(pictures, { recursive: true })
    await this.page.screenshot({ path: join(pictures, `${name}.png`) })
  }

  async startDemo(): Promise<void> {
    await this.part('card-demo').click()
    await this.page.locator('[data-testid^="panel-"]:not([data-points="0"])').first().waitFor({ timeout: START_MS })
  }

  /** The 24 h of backlog are read and the charts stand at the present. */
  async demoCaughtUp(): Promise<void> {
    await this.page.waitForFunction(
      () => {
        const panel = document.querySelector<HTMLElement>('[data-testid^="panel-"]')
        return panel !== null && Date.now() - Number(panel.dataset['to']) < 30_000
      },
      undefined,
      { timeout: START_MS },
    )
  }

  /** The figure in the status bar; `1.2 M` and the like do not occur at the sizes of these tests. */
  async stored(): Promise<number> {
    const text = await this.part('status-stored').locator('strong').innerText()
    return Number(text.split('·')[0]?.replace(/[^0-9]/g, ''))
  }

  log(): string {
    const file = join(this.userData, 'logs', 'weir.log')
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }

  /** Quits as a user does. The log is kept beside the pictures. */
  async close(name?: string): Promise<void> {
    await this.electron.close()
    if (name !== undefined && existsSync(join(this.userData, 'logs'))) {
      mkdirSync(pictures, { recursive: true })
      cpSync(join(this.userData, 'logs', 'weir.log'), join(pictures, `${name}.log`))
    }
    if (this.own) rmSync(this.userData, { recursive: true, force: true })
  }
}

/** What starts the application, for tests that start it without Playwright. */
export async function runtime(): Promise<{ executablePath: string; args: string[] }> {
  display ??= hasDisplay() ? null : (await startDisplay()).display
  ensureBuilt()
  const { executable, args } = await ensureElectron()
  return { executablePath: executable, args: [...args, ...rootSwitches()] }
}

/** Call after `runtime`. */
export function environment(): Record<string, string> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...Object.fromEntries(inherited), ...(display ? { DISPLAY: display } : {}) }
}

let display: string | null | undefined

/** A folder that outlives one start of the application. */
export function freshFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'weir-e2e-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
