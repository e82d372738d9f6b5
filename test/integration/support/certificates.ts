/** A certificate authority, and certificates for 127.0.0.1 and for a client, made by openssl for one test. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const opensslMissing = spawnSync('openssl', ['version']).error !== undefined

export interface Certificates {
  readonly path: (name: 'ca.pem' | 'server.pem' | 'server.key' | 'client.pem' | 'client.key') => string
  readonly text: (name: 'ca.pem' | 'client.pem' | 'client.key') => string
}

/** @throws Error with what openssl said */
export function makeCertificates(folder: string, passphrase: string): Certificates {
  const path = (name: string): string => join(folder, name)
  const openssl = (...args: string[]): void => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' })
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`)
  }
  const request = ['req', '-newkey', 'rsa:2048']
  openssl(...request, '-x509', '-nodes', '-days', '2', '-subj', '/CN=Test CA', '-keyout', 'ca.key', '-out', 'ca.pem')
  writeFileSync(path('server.ext'), 'subjectAltName=IP:127.0.0.1\n')
  const sign = (name: string, ...more: string[]): void =>
    openssl(
      ...['x509', '-req', '-days', '2', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key'],
      ...['-CAcreateserial', '-out', `${name}.pem`, ...more],
    )
  openssl(...request, '-nodes', '-subj', '/CN=127.0.0.1', '-keyout', 'server.key', '-out', 'server.csr')
  sign('server', '-extfile', 'server.ext')
  const locked = ['-passout', `pass:${passphrase}`]
  openssl(...request, ...locked, '-subj', '/CN=weir', '-keyout', 'client.key', '-out', 'client.csr')
  sign('client')
  return { path, text: (name) => readFileSync(path(name), 'utf8') }
}
