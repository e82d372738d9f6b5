/** The door for calls from windows: who asks is checked, what is asked is parsed, what goes wrong comes back as data. */
import { BrowserWindow, ipcMain } from 'electron'
import type { IpcMainInvokeEvent, WebFrameMain } from 'electron'
import { describeIssues } from '../../shared/config/workspace'
import { channelOf, desktopCallNames } from '../../shared/ipc/channels'
import type { DesktopCall } from '../../shared/ipc/channels'
import type { DesktopApi } from '../../shared/ipc/desktop'
import { desktopParams } from '../../shared/ipc/desktop-calls'
import type { DesktopParams } from '../../shared/ipc/desktop-calls'
import type { CallError, Outcome } from '../../shared/ipc/rpc'
import { isOwnAddress } from './assets'

type Value<C extends DesktopCall> = Awaited<ReturnType<DesktopApi[C]>> extends Outcome<infer V> ? V : never
type Handler<C extends DesktopCall> = (window: BrowserWindow, ...args: DesktopParams<C>) => Value<C> | Promise<Value<C>>
export type Handlers = { readonly [C in DesktopCall]: Handler<C> }

/** A refusal that the user is told as it is. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed'
  constructor(readonly error: CallError) {
    super(error.message)
  }
}

export function openDoor(handlers: Handlers, log: (message: string) => void): void {
  for (const name of desktopCallNames)
    ipcMain.handle(channelOf(name), async (event, ...args: unknown[]): Promise<Outcome<unknown>> => {
      const window = ownWindow(event)
      if (window === null) {
        log(`a call of ${name} from a foreign frame was refused`)
        return failed({ code: 'REFUSED', message: 'this page may not call the application' })
      }
      return answer(handlers, name, window, args)
    })
}

async function answer(
  handlers: Handlers,
  name: DesktopCall,
  window: BrowserWindow,
  args: readonly unknown[],
): Promise<Outcome<unknown>> {
  const parsed = desktopParams[name].safeParse(args)
  if (!parsed.success) return failed({ code: 'BAD_PARAMETERS', message: describeIssues(parsed.error) })
  try {
    const handler = handlers[name] as (window: BrowserWindow, ...args: unknown[]) => unknown
    return { ok: true, value: await handler(window, ...parsed.data) }
  } catch (error) {
    if (error instanceof CallFailed) return failed(error.error)
    return failed({ code: 'FAILED', message: error instanceof Error ? error.message : String(error) })
  }
}

/** Only the top frame of a window that shows our own page. */
function ownWindow(event: IpcMainInvokeEvent): BrowserWindow | null {
  const frame: WebFrameMain | null = event.senderFrame
  if (frame === null || frame.parent !== null || !isOwnAddress(frame.url)) return null
  return BrowserWindow.fromWebContents(event.sender)
}

const failed = (error: CallError): Outcome<never> => ({ ok: false, error })
