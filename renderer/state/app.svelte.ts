/** The one set of state objects of this window. */
import { Alerts } from './alerts.svelte'
import { EngineConnection } from './connection.svelte'
import { ExportJob } from './exportJob.svelte'
import { FileJob } from './fileJob.svelte'
import { ImportJob } from './importJob.svelte'
import { Navigation } from './navigation.svelte'
import { OpenFile } from './openFile.svelte'
import { Preferences } from './preferences.svelte'
import { ResultKeys } from './resultKeys.svelte'
import { Session } from './session.svelte'
import { Timeline } from './timeline.svelte'
import { Toasts } from './toasts.svelte'

class App {
  readonly connection = new EngineConnection()
  readonly session = new Session(this.connection)
  readonly preferences = new Preferences(window.weir)
  readonly timeline = new Timeline(() => this.session.status?.stored ?? null)
  readonly navigation = new Navigation()
  readonly resultKeys = new ResultKeys(this.connection)
  readonly toasts = new Toasts()
  readonly alerts = new Alerts(this.connection, this.session, this.toasts)
  readonly exportJob = new ExportJob(this.connection, window.weir)
  readonly importJob = new ImportJob(this.connection, window.weir)
  readonly fileJob = new FileJob(window.weir)
  readonly openFile = new OpenFile(this.connection, this.session, this.navigation, this.timeline)

  async start(): Promise<void> {
    this.connection.listenTo(window)
    const info = await window.weir.info()
    this.preferences.start(info.ok ? info.value : null)
    this.session.start(window.weir, info.ok ? info.value : null)
    this.alerts.start(window.weir, this.navigation, this.timeline)
  }
}

export const app = new App()
export const { connection, session, preferences, timeline, navigation, resultKeys, toasts } = app
export const { alerts, exportJob, importJob, fileJob, openFile } = app
