/** The icon in the tray: what is collected, in figures, and the way back to the window. */
import { Menu, Tray, nativeImage } from 'electron'
import type { NativeImage } from 'electron'
import type { EngineStatus } from '../../shared/ipc/engine'
import { TRAY_SIZE, trayBitmap } from './tray-icon'
import type { Words } from './translations'

export interface TrayActions {
  readonly show: () => void
  readonly quit: () => void
}

export class StatusTray {
  readonly #tray: Tray | null
  #status: EngineStatus | null = null
  #words: Words
  #shown = ''
  #firing = false

  /** Without a place for tray icons (some Linux desktops) there is none, and everything else works. */
  constructor(
    words: Words,
    private readonly actions: TrayActions,
    log: (message: string) => void,
  ) {
    this.#words = words
    this.#tray = createTray(log)
    this.#tray?.on('click', actions.show)
    this.#draw()
  }

  setWords(words: Words): void {
    this.#words = words
    this.#shown = ''
    this.#draw()
  }

  /** @param status null while the engine is not running. */
  update(status: EngineStatus | null): void {
    this.#status = status
    this.#draw()
  }

  /** The red dot. */
  setFiring(firing: boolean): void {
    if (firing !== this.#firing) this.#tray?.setImage(icon(firing))
    this.#firing = firing
  }

  close(): void {
    this.#tray?.destroy()
  }

  /** A menu is built anew on Linux at every change, so only where a figure as written has changed. */
  #draw(): void {
    const lines = trayLines(this.#status, this.#words)
    if (this.#tray === null || lines.join('\n') === this.#shown) return
    this.#shown = lines.join('\n')
    this.#tray.setToolTip(['Weir', ...lines].join('\n'))
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        ...lines.map((label) => ({ label, enabled: false })),
        { type: 'separator' },
        { label: this.#words('tray.show'), click: this.actions.show },
        { label: this.#words('tray.quit'), click: this.actions.quit },
      ]),
    )
  }
}

export function trayLines(status: EngineStatus | null, words: Words): string[] {
  if (status === null) return [words('tray.engineDown')]
  const live = status.sources.filter((source) => source.state.state === 'live').length
  return [
    words('tray.sources', { live: String(live), count: String(status.sources.length) }),
    ...(status.alerts.firing > 0 ? [words('tray.alerts', { count: String(status.alerts.firing) })] : []),
    words('tray.rate', { rate: short(status.samplesPerSecond) }),
    words('tray.stored', { count: short(status.stored) }),
  ]
}

/** Two digits are enough at a glance, and the menu is not rebuilt every second. */
const short = (value: number): string =>
  new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 2 }).format(value)

function createTray(log: (message: string) => void): Tray | null {
  try {
    return new Tray(icon(false))
  } catch (error) {
    log(`no tray: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

const icon = (firing: boolean): NativeImage =>
  nativeImage.createFromBitmap(trayBitmap(firing), { width: TRAY_SIZE, height: TRAY_SIZE, scaleFactor: 2 })
