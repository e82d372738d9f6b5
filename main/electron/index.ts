/** Entry of the desktop application: what must be settled before it is ready, one instance, and then the application. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { app } from 'electron'
import { Application } from './application'
import { dataFilesOf } from './open-files'
import { registerScheme } from './protocol'
import { smoke } from './smoke'
import { readSwitches } from './switches'

const switches = readSwitches(process.argv.slice(1))
if (switches.smoke !== null && !app.commandLine.hasSwitch('user-data-dir')) useFreshFolder()
// It would take --no-sandbox back, without which no process starts for root (containers, CI).
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
registerScheme()

let application: Application | null = null
/** Files that the system asked to open before the application was there. */
const early: string[] = []

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', (_event, args, folder) => {
    application?.show()
    application?.openFiles(dataFilesOf(args.slice(1), folder))
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    if (application === null) early.push(path)
    else application.openFiles([path])
  })
  void app.whenReady().then(start, fail)
} else {
  // The running instance has been told and shows its window.
  app.quit()
}

function start(): void {
  try {
    application = new Application(switches.verbose ? 'debug' : 'info')
    application.openFiles([...early, ...dataFilesOf(process.argv.slice(1), process.cwd())])
    if (switches.smoke !== null) void smoke(application, switches.smoke)
  } catch (error) {
    fail(error)
  }
}

/** For this run only. */
function useFreshFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'weir-smoke-'))
  app.setPath('userData', folder)
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
}

function fail(error: unknown): void {
  process.stderr.write(
    `Weir could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  app.exit(1)
}
