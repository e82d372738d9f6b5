/** Serves the window over `weir://app/` instead of file://, with its content policy. */
import { readFile } from 'node:fs/promises'
import { protocol, session } from 'electron'
import { CONTENT_POLICY, SCHEME, assetOf } from './assets'

/** Must come before `ready`. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

export function serveWindow(folder: string): void {
  session.defaultSession.protocol.handle(SCHEME, (request) => serve(folder, request))
}

async function serve(folder: string, request: Request): Promise<Response> {
  const asset = request.method === 'GET' ? assetOf(folder, request.url) : null
  if (asset === null) return refusal(404)
  try {
    return new Response(new Uint8Array(await readFile(asset.path)), { headers: headers(asset.mediaType) })
  } catch {
    return refusal(404)
  }
}

const refusal = (status: number): Response => new Response('Not found', { status, headers: headers('text/plain') })

const headers = (mediaType: string): Record<string, string> => ({
  'Content-Type': mediaType,
  'Content-Security-Policy': CONTENT_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-cache',
})
