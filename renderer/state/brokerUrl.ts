/** A pasted broker address may carry user and password: they go to their own fields, the password never into the file. */
export interface BrokerUrl {
  readonly url: string
  readonly user?: string
  readonly password?: string
}

export function splitBrokerUrl(text: string): BrokerUrl | null {
  const match = /^\s*(mqtts?|wss?|tcp|ssl):\/\/(?:([^@/]*)@)?([^\s/@]+)(\/\S*)?\s*$/i.exec(text)
  if (!match) return null
  const [, scheme = '', login, host = '', path = ''] = match
  const known = { tcp: 'mqtt', ssl: 'mqtts' }[scheme.toLowerCase()] ?? scheme.toLowerCase()
  const url = `${known}://${host}${path}`
  if (!login) return { url }
  const colon = login.indexOf(':')
  const user = decode(colon < 0 ? login : login.slice(0, colon))
  return colon < 0 ? { url, user } : { url, user, password: decode(login.slice(colon + 1)) }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A topic template from a filter with wildcards: `plant/+/telemetry` → `plant/{device}/telemetry`. */
export function proposeTemplate(filter: string): string | null {
  if (!filter.includes('+')) return null
  let count = 0
  const name = (): string => (++count === 1 ? '{device}' : `{level${count}}`)
  return filter
    .split('/')
    .map((level) => (level === '+' ? name() : level === '#' ? '+' : level))
    .join('/')
}
