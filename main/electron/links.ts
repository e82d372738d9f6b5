/** The few places on the web that Weir may send the user's browser to, and only over https. */
const HOSTS: ReadonlySet<string> = new Set(['mqtt.org', 'mosquitto.org', 'kafka.apache.org', 'www.electronjs.org'])

export function isAllowedLink(address: string): boolean {
  try {
    const url = new URL(address)
    return (
      url.protocol === 'https:' &&
      HOSTS.has(url.hostname) &&
      url.port === '' &&
      url.username === '' &&
      url.password === ''
    )
  } catch {
    return false
  }
}
