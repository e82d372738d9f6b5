/** The one window: made, placed, shown, brought back after a crash, and given its port to the engine. */
import { BrowserWindow, MessageChannelMain, nativeTheme, screen } from 'electron'
import type { MessagePortMain } from 'electron'
import { ENGINE_PORT_MESSAGE, channelOf } from '../../shared/ipc/channels'
import type { DesktopEvent } from '../../shared/ipc/channels'
import type { LogLevel } from '../../shared/ipc/supervisor'
import { ORIGIN } from './assets'
import { CrashCount } from './crash-count'
import { LEAST_SIZE, loadWindowState, placeWindow, saveWindowState } from './window-state'

export interface WindowOptions {
  readonly preload: string
  readonly stateFile: string
  readonly icon: string | null
  readonly development: boolean
  /** @returns false where the engine is not ready for the port. */
  readonly connect: (port: MessagePortMain) => boolean
  /** The user closes the window. @returns true where it may really go. */
  readonly mayClose: () => boolean
  /** The page failed again and again within a minute. */
  readonly onHopeless: () => void
  readonly log: (level: LogLevel, message: string) => void
}

/** `bg` of the tokens, so that the first frame does not flash. */
const BACKGROUND = { light: '#f5f6f8', dark: '#0e1115' } as const
const SAVE_AFTER_MS = 400

export class MainWindow {
  readonly window: BrowserWindow
  /** True after the page was loaded again because its process died. */
  recovered = false
  /** The page has asked for its settings, so it listens for its port. */
  #attached = false
  #saveTimer: ReturnType<typeof setTimeout> | null = null
  readonly #crashes = new CrashCount()

  constructor(private readonly options: WindowOptions) {
    const saved = loadWindowState(options.stateFile)
    const screens = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map((display) => display.workArea)
    this.window = new BrowserWindow({
      ...placeWindow(saved.bounds, screens),
      minWidth: LEAST_SIZE.width,
      minHeight: LEAST_SIZE.height,
      show: false,
      title: 'Weir',
      autoHideMenuBar: true,
      backgroundColor: background(),
      ...(options.icon === null ? {} : { icon: options.icon }),
      webPreferences: {
        preload: options.preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        // Its dictionaries would come from the network.
        spellcheck: false,
        devTools: options.development,
      },
    })
    if (saved.maximized) this.window.maximize()
    this.#listen()
    void this.load()
  }

  get isAttached(): boolean {
    return this.#attached
  }

  async load(): Promise<void> {
    this.#attached = false
    try {
      await this.window.loadURL(`${ORIGIN}/index.html`)
    } catch (error) {
      this.options.log(
        'error',
        `the window could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
      )
      if (!this.window.isDestroyed()) this.window.show()
    }
  }

  show(): void {
    if (this.window.isMinimized()) this.window.restore()
    this.window.show()
    this.window.focus()
  }

  send(event: DesktopEvent, value?: unknown): void {
    if (!this.window.isDestroyed() && !this.window.webContents.isCrashed())
      this.window.webContents.send(channelOf(event), value)
  }

  /** The page is there and listens; at its first call since it was loaded it gets its port. */
  attach(): void {
    const first = !this.#attached
    this.#attached = true
    if (first) this.connect()
  }

  /** Gives the page a new port to the engine, where both are ready for one. */
  connect(): void {
    if (!this.#attached || this.window.isDestroyed()) return
    const { port1, port2 } = new MessageChannelMain()
    if (!this.options.connect(port1)) return
    this.window.webContents.postMessage(ENGINE_PORT_MESSAGE, null, [port2])
  }

  saveState(): void {
    if (this.#saveTimer !== null) clearTimeout(this.#saveTimer)
    this.#saveTimer = null
    if (this.window.isDestroyed()) return
    try {
      saveWindowState(this.options.stateFile, {
        bounds: this.window.getNormalBounds(),
        maximized: this.window.isMaximized(),
      })
    } catch (error) {
      this.options.log('warn', `the window's place could not be kept: ${String(error)}`)
    }
  }

  #listen(): void {
    const { window } = this
    window.once('ready-to-show', () => window.show())
    window.on('resize', () => this.#saveSoon())
    window.on('move', () => this.#saveSoon())
    window.on('close', (event) => {
      this.saveState()
      if (!this.options.mayClose()) event.preventDefault()
    })
    window.on('page-title-updated', (event) => event.preventDefault())
    nativeTheme.on('updated', () => !window.isDestroyed() && window.setBackgroundColor(background()))
    window.webContents.on('did-navigate', () => (this.#attached = false))
    window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => this.#comeBack(reason, exitCode))
    window.webContents.on('unresponsive', () => this.options.log('warn', 'the window does not answer'))
  }

  #comeBack(reason: string, exitCode: number): void {
    this.#attached = false
    if (reason === 'clean-exit') return
    this.options.log('error', `the window's process is gone: ${reason} (${exitCode})`)
    if (this.#crashes.add(Date.now())) return this.options.onHopeless()
    this.recovered = true
    void this.load()
  }

  #saveSoon(): void {
    this.#saveTimer ??= setTimeout(() => this.saveState(), SAVE_AFTER_MS)
  }
}

const background = (): string => (nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light)
