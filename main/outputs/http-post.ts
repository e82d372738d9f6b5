/** One POST, within 10 s, without following to another address. */
import { request as requestPlain } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { request as requestTls } from 'node:https'
import { networkReason } from '../connections/network-errors'

const WITHIN_MS = 10_000
const ANSWER_BYTES = 64 << 10

export interface HttpAnswer {
  readonly status: number
  readonly text: string
  readonly retryAfter: string | undefined
}

/** @throws Error in words, without the address beyond its host: that may be a secret */
export async function post(
  url: URL,
  body: string,
  options: Pick<RequestOptions, 'headers'> & { readonly verify: boolean },
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const within = AbortSignal.timeout(WITHIN_MS)
  const stop = new AbortController()
  const abort = (): void => stop.abort()
  for (const either of [within, signal]) either.addEventListener('abort', abort)
  try {
    return await exchange(url, body, options, stop.signal)
  } catch (error) {
    if (within.aborted) throw new Error(`no answer from ${url.host}; check address and firewall`, { cause: error })
    throw new Error(networkReason(error, url.host), { cause: error })
  } finally {
    for (const either of [within, signal]) either.removeEventListener('abort', abort)
  }
}

function exchange(
  url: URL,
  body: string,
  { headers, verify }: Pick<RequestOptions, 'headers'> & { readonly verify: boolean },
  signal: AbortSignal,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers, signal }
    const request =
      url.protocol === 'https:'
        ? requestTls(url, { ...options, rejectUnauthorized: verify })
        : requestPlain(url, options)
    request.on('error', reject)
    request.on('response', (response) => {
      const { statusCode = 0, headers } = response
      read(response).then((text) => resolve({ status: statusCode, text, retryAfter: headers['retry-after'] }), reject)
    })
    request.end(body)
  })
}

/** As far as anybody would look at it. */
async function read(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part)
    length += part.length
    if (length > ANSWER_BYTES) break
  }
  return Buffer.concat(parts).toString('utf8')
}
