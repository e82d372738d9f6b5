/** Which file of the built window an address stands for, and how it is served. */
import { extname, isAbsolute, join, relative } from 'node:path'

export const SCHEME = 'weir'
export const HOST = 'app'
export const ORIGIN = `${SCHEME}://${HOST}`

/** Nothing but the window's own files: no inline script, no eval, no frame, no connection. */
export const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

export interface Asset {
  readonly path: string
  readonly mediaType: string
}

/** @returns null for everything that is not a file of a known kind below `folder`. */
export function assetOf(folder: string, address: string): Asset | null {
  const name = pathOf(address)
  if (name === null) return null
  const path = join(folder, name === '/' ? '/index.html' : name)
  const inside = relative(folder, path)
  const mediaType = MEDIA_TYPES[extname(path)]
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside) || mediaType === undefined) return null
  return { path, mediaType }
}

/** The decoded path of one of our addresses. Escaped separators would be path steps that the URL parser did not see. */
function pathOf(address: string): string | null {
  try {
    const url = new URL(address)
    if (url.protocol !== `${SCHEME}:` || url.host !== HOST || /%2f|%5c|%00/i.test(url.pathname)) return null
    const name = decodeURIComponent(url.pathname)
    return name.includes('\\') || name.includes('\0') ? null : name
  } catch {
    return null
  }
}

/** True for a page that Weir itself served. */
export function isOwnAddress(address: string): boolean {
  try {
    const url = new URL(address)
    return url.protocol === `${SCHEME}:` && url.host === HOST
  } catch {
    return false
  }
}
