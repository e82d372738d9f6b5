/** What a source says of a server that it cannot trust or cannot find: MQTT, WebSocket and TCP against real servers. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import type { SourceInput } from '../../shared/config/workspace'
import { mosquittoMissing, startMosquitto } from './support/mosquitto'
import { World, certificate, peersMissing } from './support/sockets'
import type { Certificate } from './support/sockets'
import { freePort, temporaryFolder, until } from './support/world'

type Connection = SourceInput['connection']

interface Kind {
  /** A server with this certificate. @returns how to end it */
  serve(port: number, own: Certificate): Promise<() => unknown>
  /** To this host and port over TLS, trusting these authorities. */
  connection(host: string, port: number, ca?: string): Connection
}

const trusting = (ca: string | undefined) => (ca === undefined ? {} : { tls: { ca } })
const KINDS: Readonly<Record<string, Kind>> = {
  MQTT: {
    serve: async (port, { certFile, keyFile }) => {
      const broker = await startMosquitto({ port, config: [`certfile ${certFile}`, `keyfile ${keyFile}`] })
      return () => broker.stop()
    },
    connection: (host, port, ca) => ({
      kind: 'mqtt',
      url: `mqtts://${host}:${port}`,
      subscriptions: [{ filter: 'a/#', qos: 1 }],
      ...trusting(ca),
    }),
  },
  WebSocket: {
    serve: async (port, { cert, key }) => {
      const server = createServer({ cert, key })
      new WebSocketServer({ server })
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
      return () => server.close()
    },
    connection: (host, port, ca) => ({ kind: 'websocket', url: `wss://${host}:${port}/`, ...trusting(ca) }),
  },
  TCP: {
    serve: async (port, { cert, key }) => {
      const server = createTlsServer({ cert, key }, (socket) => socket.on('error', () => undefined))
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
      return () => server.close()
    },
    connection: (host, port, ca) => ({ kind: 'tcp', mode: 'client', host, port, secure: true, ...trusting(ca) }),
  },
}

/** Of two days in 2020. */
async function expired(): Promise<Certificate> {
  const folder = await temporaryFolder()
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  writeFileSync(
    join(folder, 'ca.conf'),
    `[ca]\ndefault_ca = own\n[own]\nnew_certs_dir = .\ndatabase = index\nserial = serial\ndefault_md = sha256
policy = any\nx509_extensions = names\n[any]\ncommonName = supplied\n[names]\nsubjectAltName = IP:127.0.0.1\n`,
  )
  writeFileSync(join(folder, 'index'), '')
  writeFileSync(join(folder, 'serial'), '01')
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=127.0.0.1', '-keyout', 'key.pem', '-out', 'request.pem')
  const dates = ['-startdate', '20200101000000Z', '-enddate', '20200103000000Z']
  openssl(
    ...['ca', '-batch', '-config', 'ca.conf', '-selfsign', '-keyfile', 'key.pem', '-in', 'request.pem'],
    ...['-out', 'cert.pem', '-notext', ...dates],
  )
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
}

describe.skipIf(peersMissing || mosquittoMissing)('a server that cannot be trusted or found', () => {
  let own: Certificate
  let old: Certificate
  let elsewhere: Certificate
  beforeAll(async () => {
    own = await certificate('127.0.0.1')
    elsewhere = await certificate('elsewhere.example')
    old = await expired()
  })
  const ends: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
  })

  describe.each(Object.entries(KINDS))('%s', (_name, { serve, connection }) => {
    async function reasonOf(served: Certificate | null, ca?: string, host = '127.0.0.1'): Promise<[string, number]> {
      const port = await freePort()
      if (served !== null) ends.push(await serve(port, served))
      const world = await World.start(connection(host, port, ca))
      await until(() => world.reason !== '', 'the source gives a reason')
      expect(['retrying', 'refused']).toContain(world.state?.state)
      return [world.reason, port]
    }

    it('has a certificate that nobody vouches for', async () => {
      const [reason, port] = await reasonOf(own)
      expect(reason).toBe(`the certificate of 127.0.0.1:${port} is self-signed; give its CA certificate`)
    })

    it('has a certificate that has expired', async () => {
      const [reason, port] = await reasonOf(old, old.cert)
      expect(reason).toBe(`the certificate of 127.0.0.1:${port} has expired`)
    })

    it('has a certificate for another name', async () => {
      const [reason, port] = await reasonOf(elsewhere, elsewhere.cert)
      expect(reason).toBe(`the certificate of 127.0.0.1:${port} is for another host name`)
    })

    it('is not there', async () => {
      const [reason, port] = await reasonOf(null)
      expect(reason).toBe(`nothing listens at 127.0.0.1:${port}`)
    })

    it('has a name that nobody knows', async () => {
      const [reason, port] = await reasonOf(null, undefined, 'no-such-host.invalid')
      // Where there is no name server to ask, that is the reason.
      expect(reason).toMatch(new RegExp(`no-such-host.invalid:${port} (is not known|cannot be looked up)`))
    })
  })
})
