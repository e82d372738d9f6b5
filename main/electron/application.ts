/** Puts the parts of the desktop side together: window, engine, menu, tray, settings, secrets. */
import { MessageChannelMain, Menu, app, dialog, nativeTheme } from 'electron'
import type { BrowserWindow, MessagePortMain } from 'electron'
import type { DesktopInfo, EngineHealth, MenuCommand, Settings } from '../../shared/ipc/desktop'
import type { Notice } from '../../shared/ipc/engine'
import type { LogLevel } from '../../shared/ipc/supervisor'
import { AlertNotifications } from './alert-notifications'
import { desktopActions, openPath } from './desktop-actions'
import { openDoor } from './door'
import { EngineClient } from './engine-client'
import { startEngine } from './engine-process'
import { EngineSupervisor } from './engine-supervisor'
import { FileJobs } from './file-jobs'
import { applicationFiles, userFiles } from './files'
import { setStartAtLogin } from './login-item'
import { MainWindow } from './main-window'
import { applicationMenu } from './menu'
import { serveWindow } from './protocol'
import { RotatingLog } from './rotating-log'
import { SecretStore } from './secrets'
import { lockDown } from './security'
import { SettingsStore } from './settings-store'
import { systemCipher } from './system-cipher'
import { languageOf, wordsOf } from './translations'
import type { Words } from './translations'
import { StatusTray } from './tray'

export class Application {
  readonly client = new EngineClient()
  readonly supervisor: EngineSupervisor<MessagePortMain>
  readonly settings: SettingsStore
  readonly secrets: SecretStore
  readonly main: MainWindow
  readonly fileJobs: FileJobs
  readonly #files = userFiles()
  readonly #log = new RotatingLog(this.#files.log)
  readonly #tray: StatusTray
  #words: Words
  #theme: Settings['theme'] | null = null
  #quitting = false
  #exitCode = 0
  /** Files to open as soon as the page listens. */
  #waitingFiles: string[] = []

  /** Once, after `ready`. */
  constructor(private readonly level: LogLevel) {
    const { settings: settingsFile, secrets: secretsFile } = this.#files
    this.log(
      'info',
      'main',
      `Weir ${app.getVersion()} on Electron ${process.versions['electron'] ?? ''}, ${process.platform}`,
    )
    this.settings = new SettingsStore(settingsFile)
    this.secrets = new SecretStore(secretsFile, systemCipher(), this.settings.current.plainSecrets)
    this.#words = this.#chooseWords()
    const files = applicationFiles()
    lockDown((message) => this.log('warn', 'window', message))
    serveWindow(files.window)
    this.supervisor = this.#createSupervisor(files.engine)
    this.fileJobs = new FileJobs({
      script: files.commands,
      database: this.#files.database,
      withoutEngine: (task) => this.supervisor.without(task),
      tell: (progress) => this.main.send('file-job', progress),
    })
    openDoor(desktopActions(this.#desktop()), (message) => this.log('warn', 'door', message))
    this.#applyTheme()
    this.#tray = new StatusTray(this.#words, { show: () => this.main.show(), quit: () => app.quit() }, (message) =>
      this.log('warn', 'main', message),
    )
    this.main = new MainWindow({
      preload: files.preload,
      icon: files.icon,
      stateFile: this.#files.windowState,
      development: !app.isPackaged,
      connect: (port) => this.supervisor.connect(port),
      mayClose: () => this.#mayClose(),
      onHopeless: () => void this.#windowFails(),
      log: (level, message) => this.log(level, 'window', message),
    })
    this.#showMenu()
    this.settings.onChange((settings) => this.#settingsChanged(settings))
    this.client.on('status', (status) => {
      this.#tray.update(status)
      this.#tray.setFiring(status.alerts.open > 0)
    })
    this.#listenToAlerts()
    this.#listenToQuit()
    this.supervisor.start()
  }

  log(level: LogLevel, scope: string, message: string): void {
    if (level !== 'debug' || this.level === 'debug') this.#log.write(level, scope, message)
  }

  show(): void {
    this.main.show()
  }

  /** Ends the application with this code, as cleanly as a user's quit. */
  quitWith(code: number): void {
    this.#exitCode = code
    app.quit()
  }

  openFiles(paths: readonly string[]): void {
    this.#waitingFiles.push(...paths)
    if (this.main.isAttached) this.#sendFiles()
  }

  #createSupervisor(script: string): EngineSupervisor<MessagePortMain> {
    const log = (level: LogLevel, message: string): void => this.log(level, 'engine', message)
    return new EngineSupervisor<MessagePortMain>({
      start: () => startEngine(script, log),
      init: () => ({
        type: 'init',
        workspacePath: this.#files.workspace,
        databasePath: this.#files.database,
        secrets: structuredClone(this.secrets.all()),
        logLevel: this.level,
      }),
      onHealth: (health) => this.#healthChanged(health),
      log,
    })
  }

  #listenToAlerts(): void {
    const notifications = new AlertNotifications({
      words: () => this.#words,
      shown: (ids) => void this.client.call('notified', { ids: [...ids] }),
      open: ({ series, source, time }) => {
        this.main.show()
        this.main.send('open-alert', { series, source, time })
      },
      log: (message) => this.log('warn', 'alerts', message),
    })
    this.client.on('notifications', (notices) => notifications.show(notices))
  }

  #healthChanged(health: EngineHealth): void {
    this.log('info', 'engine', health.state)
    this.main.send('engine-health', health)
    if (health.state !== 'running') {
      this.client.detach()
      return this.#tray.update(null)
    }
    const { port1, port2 } = new MessageChannelMain()
    this.supervisor.connect(port1)
    this.client.attach(port2)
    this.main.connect()
  }

  #desktop() {
    return {
      settings: this.settings,
      secrets: this.secrets,
      supervisor: this.supervisor,
      fileJobs: this.fileJobs,
      words: () => this.#words,
      info: () => this.#info(),
      attached: (_window: BrowserWindow) => {
        this.main.attach()
        this.#sendFiles()
      },
      closeAnswered: (keepRunning: boolean) => this.#closeAnswered(keepRunning),
    }
  }

  #info(): DesktopInfo {
    return {
      version: app.getVersion(),
      electron: process.versions['electron'] ?? '',
      chromium: process.versions['chrome'] ?? '',
      platform: process.platform,
      locale: app.getLocale(),
      settings: this.settings.current,
      engine: this.supervisor.health,
      secrets: this.secrets.kept,
      notices: this.#notices(),
    }
  }

  #notices(): Notice[] {
    const kept = (id: string, file: string | null): Notice[] =>
      file === null ? [] : [{ id, severity: 'warn', text: `notice.${id}`, params: { file } }]
    return [
      ...kept('settings-kept-aside', this.settings.keptAs),
      ...kept('secrets-kept-aside', this.secrets.keptAs),
      ...(this.secrets.hasUnreadable
        ? [{ id: 'secrets-unreadable', severity: 'warn', text: 'notice.secrets-unreadable', params: {} } as const]
        : []),
      ...(this.main.recovered
        ? [{ id: 'window-recovered', severity: 'info', text: 'notice.window-recovered', params: {} } as const]
        : []),
    ]
  }

  #settingsChanged(settings: Settings): void {
    this.#applyTheme()
    this.secrets.allowPlain(settings.plainSecrets)
    this.#words = this.#chooseWords()
    this.#tray.setWords(this.#words)
    this.#showMenu()
    // In development there is nothing that could be started at login.
    if (app.isPackaged) setStartAtLogin(settings.startAtLogin)
    this.main.send('settings', settings)
  }

  #applyTheme(): void {
    const { theme } = this.settings.current
    if (theme !== this.#theme) nativeTheme.themeSource = theme
    this.#theme = theme
  }

  #chooseWords(): Words {
    return wordsOf(languageOf(this.settings.current.language, app.getLocale()))
  }

  #showMenu(): void {
    const run = (command: MenuCommand): void => {
      this.main.show()
      this.main.send('menu', command)
    }
    const actions = {
      run,
      quit: () => app.quit(),
      openLogs: () => void openPath(this.#files.logs).catch(() => undefined),
    }
    Menu.setApplicationMenu(applicationMenu(this.#words, actions, !app.isPackaged))
  }

  #sendFiles(): void {
    for (const path of this.#waitingFiles) this.main.send('open-file', path)
    this.#waitingFiles = []
  }

  /** Closing hides, quits, or asks once which of both it shall do. */
  #mayClose(): boolean {
    const { keepRunning } = this.settings.current
    if (this.#quitting) return true
    if (keepRunning === true) this.main.window.hide()
    else if (keepRunning === false || !this.main.isAttached) app.quit()
    else this.main.send('ask-close')
    return false
  }

  #closeAnswered(keepRunning: boolean): void {
    this.settings.change({ keepRunning })
    if (keepRunning) this.main.window.hide()
    else app.quit()
  }

  async #windowFails(): Promise<void> {
    const words = this.#words
    const { response } = await dialog.showMessageBox({
      type: 'error',
      message: words('dialog.crashed'),
      detail: words('dialog.crashed.detail'),
      buttons: [words('dialog.crashed.reload'), words('dialog.crashed.quit')],
    })
    if (response === 1) app.quit()
    else void this.main.load()
  }

  /** The engine is stopped before the application ends, however that was asked for. */
  #listenToQuit(): void {
    app.on('before-quit', () => (this.#quitting = true))
    app.on('window-all-closed', () => app.quit())
    app.on('activate', () => this.main.show())
    app.on('will-quit', (event) => {
      event.preventDefault()
      this.fileJobs.cancel()
      void this.supervisor.stop().finally(() => {
        this.#tray.close()
        this.log('info', 'main', 'stopped')
        this.#log.close()
        app.exit(this.#exitCode)
      })
    })
  }
}
