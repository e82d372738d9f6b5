/** What a window may not do: ask for permissions, go elsewhere, open windows, load from the network. */
import { app, session, shell } from 'electron'
import type { WebContents } from 'electron'
import { isOwnAddress } from './assets'
import { isAllowedLink } from './links'

export function lockDown(log: (message: string) => void): void {
  const { defaultSession } = session
  defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  defaultSession.setPermissionCheckHandler(() => false)
  defaultSession.setDevicePermissionHandler(() => false)
  defaultSession.webRequest.onBeforeRequest((request, answer) => {
    answer({ cancel: !isLocal(request.url) })
  })
  app.on('web-contents-created', (_event, contents) => confine(contents, log))
}

function confine(contents: WebContents, log: (message: string) => void): void {
  contents.on('will-navigate', (event) => {
    event.preventDefault()
    log('a navigation was refused')
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (isAllowedLink(url)) void shell.openExternal(url)
    else log('a new window was refused')
    return { action: 'deny' }
  })
}

const isLocal = (address: string): boolean =>
  isOwnAddress(address) || /^(data|blob|devtools|chrome-extension):/.test(address)
