/** Results and alerts that leave for real receivers: in order, at least once, each with an id that stays the same. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { SMTPServer } from 'smtp-server'
import { describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { mosquittoMissing, startMosquitto } from './support/mosquitto'
import { outputsForFile, parsed, START } from './support/outputs'
import { freePort, temporaryFolder, until } from './support/world'

/** What the services get, as far as it is looked at. */
interface Answer {
  readonly type?: string
  readonly attachments?: readonly { readonly content: { readonly body: readonly { readonly text: string }[] } }[]
  readonly msgtype?: string
  readonly text?: { readonly content: string }
}

const world = outputsForFile()
const { config, delivers, httpServer, onEnd, retries, send, start, status } = world

describe('an output', () => {
  it('adds each result to a file once, whole, and goes on behind what is there', async () => {
    const path = join(world.folder, 'out.ndjson')
    await writeFile(path, '{"kind":"result","id":"cut in the mid')
    const engine = await start({ kind: 'file', path }, { pipelines: ['w'] })
    await send(0, 31)
    await delivers(engine, 3)
    const lines = parsed(await readFile(path, 'utf8'))
    expect(lines[0]).toMatchObject({
      ...{ kind: 'result', pipeline: 'w', source: 'log', series: 'temperature', labels: { site: 'north' } },
      ...{ start: START, end: START + 1000, revision: 0, statistics: { mean: 4.5, max: 9 } },
    })
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length)
    expect(lines.map(({ start }) => start)).toEqual([0, 1, 2].map((n) => START + n * 1000))
  })

  it('writes CSV and renames a file that is long enough', async () => {
    const path = join(world.folder, 'out.csv')
    const engine = await start({ kind: 'file', path, format: 'csv', rotateAt: 1, keep: 2 }, { pipelines: ['w'] })
    await send(0, 100_000)
    await delivers(engine, 9990)
    const now = await readFile(path, 'utf8').catch(() => '')
    const before = await readFile(`${path}.1`, 'utf8')
    expect(before.split('\n')[0]).toBe(
      'id,kind,name,source,series,labels,unit,start,end,revision,statistic,value,from,to,severity,reason',
    )
    const rows = (before + now).split('\n').filter((row) => row.startsWith('w:'))
    expect(new Set(rows).size).toBe(rows.length)
  })

  it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
    'waits while the disk of its file is full, leaves nothing half, and loses nothing',
    async () => {
      const disk = await temporaryFolder()
      expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]).status).toBe(0)
      onEnd(() => spawnSync('umount', [disk]))
      const filler = join(disk, 'filler')
      const path = join(disk, 'out.ndjson')
      await writeFile(filler, Buffer.alloc((1 << 20) - 8192))
      const engine = await start({ kind: 'file', path }, { pipelines: ['w'] })
      await send(0, 1000)
      await until(() => status(engine).state.state === 'retrying', 'it says that it waits')
      expect(status(engine).state).toMatchObject({ reason: `the disk of ${path} is full` })
      const partial = await readFile(path, 'utf8')
      expect(partial === '' || partial.endsWith('\n')).toBe(true)
      await rm(filler)
      await engine.runtime.outputs.retry('out')
      await delivers(engine, 98)
      const ids = parsed(await readFile(path, 'utf8')).map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
    },
  )

  it('tells a web server of an alert when it begins and when it is over', async () => {
    const got: { body: Record<string, unknown>; key: unknown }[] = []
    const { url } = await httpServer((request, body, response) => {
      got.push({ body: JSON.parse(body) as Record<string, unknown>, key: request.headers['idempotency-key'] })
      response.writeHead(204).end()
    })
    const engine = await start({ kind: 'webhook', url })
    await send(0, 10, (n) => (n === 3 ? 96 : 80))
    await delivers(engine, 2)
    const items = got.flatMap(({ body }) => body['items'] as Record<string, unknown>[])
    expect(items.map(({ notify, value }) => [notify, value])).toEqual([
      ['firing', 96],
      ['resolved', 80],
    ])
    expect(items[0]).toMatchObject({ rule: 'hot', series: 'temperature', labels: { site: 'north' }, to: 'firing' })
    expect(got[0]?.body['text']).toContain('Too hot')
  })

  it('makes one message of many alerts that come together', async () => {
    const got: string[] = []
    const { url } = await httpServer((_request, body, response) => {
      got.push(body)
      response.end('ok')
    })
    const engine = await start({ kind: 'webhook', url, preset: 'slack' }, { groupFor: '1500ms', atMostEvery: '1h' })
    const lines = Array.from({ length: 100 }, (_, n) => `{"temperature":99,"site":"s${n}","t":${START + n}}\n`)
    await appendFile(world.log, lines.join(''))
    await delivers(engine, 100)
    expect(got.length).toBe(1)
    expect((JSON.parse(got[0] ?? '') as { text: string }).text).toMatch(
      /^100 alerts: Too hot\n(.*\n){20}… and 80 more$/,
    )
  })

  it.each([
    ['teams', (body: Answer) => [body.attachments?.[0]?.content.body[0]?.text, body.type]],
    ['dingtalk', (body: Answer) => [body.text?.content.split('\n')[0], body.msgtype]],
    ['wecom', (body: Answer) => [body.text?.content.split('\n')[0], body.msgtype]],
  ] as const)('posts a message as %s wants it', async (preset, read) => {
    const got: { body: Answer; path: string }[] = []
    const { url } = await httpServer((request, body, response) => {
      got.push({ body: JSON.parse(body) as Answer, path: request.url ?? '' })
      response.end(preset === 'teams' ? '1' : '{"errcode":0,"errmsg":"ok"}')
    })
    const address = `${url}?access_token=abc`
    const secrets: Record<string, string> = preset === 'dingtalk' ? { address, sign: 'SEC-of-the-robot' } : { address }
    const engine = await start({ kind: 'webhook', preset, language: 'zh-CN' }, {}, { secrets })
    await send(0, 10, (n) => (n < 5 ? 96 : 80))
    await delivers(engine, 2)
    expect(got.flatMap(({ body }) => read(body))).toContain(preset === 'teams' ? 'message' : 'text')
    expect(read(got[0]?.body as Answer)[0]).toContain('Too hot')
    const query = new URL(got[0]?.path ?? '', url).searchParams
    expect(query.get('access_token')).toBe('abc')
    const stamp = query.get('timestamp')
    // As the service computes it: over the time, a line end and the secret.
    const mac = ['dgst', '-sha256', '-hmac', 'SEC-of-the-robot', '-binary']
    const signed = spawnSync('openssl', mac, { input: `${stamp}\nSEC-of-the-robot` }).stdout.toString('base64')
    expect(query.get('sign')).toBe(preset === 'dingtalk' ? signed : null)
  })

  it.each(['dingtalk', 'wecom'])('tries again where %s takes the request and refuses the message', async (preset) => {
    let taken = false
    const { url } = await httpServer((_request, _body, response) => {
      response.end(taken ? '{"errcode":0}' : '{"errcode":310000,"errmsg":"sign not match"}')
    })
    const engine = await start({ kind: 'webhook', preset, url })
    await send(0, 10, (n) => (n < 5 ? 96 : 80))
    await retries(engine, 'the service refuses the message: sign not match (310000)')
    expect(status(engine).delivered).toBe(0)
    taken = true
    await engine.runtime.outputs.retry('out')
    await delivers(engine, 2)
  })

  it.each([
    ['answers 500', (response: ServerResponse) => response.writeHead(500).end('no'), 'the server answers 500: no'],
    [
      'is too busy',
      (response: ServerResponse) => response.writeHead(429, { 'retry-after': '1' }).end(),
      'the server answers 429',
    ],
    [
      'breaks the connection',
      (response: ServerResponse) => response.socket?.resetAndDestroy(),
      'closed the connection',
    ],
    ['does not answer', () => undefined, 'no answer from'],
  ])('is told again where a web server %s', async (_name, fault, reason) => {
    let requests = 0
    const keys = new Set<unknown>()
    const { url } = await httpServer((request, _body, response) => {
      keys.add(request.headers['idempotency-key'])
      if (requests++ === 0) fault(response)
      else response.end()
    })
    const engine = await start({ kind: 'webhook', url })
    await send(0, 10, () => 96)
    await until(() => status(engine).lastFault !== null, 'the fault is shown')
    expect(status(engine).lastFault?.reason).toContain(reason)
    await delivers(engine, 1)
    expect(requests).toBe(2)
    expect(keys.size).toBe(1)
  })

  it('sets aside what a web server will never take, and sends it again when asked', async () => {
    let taken = false
    const { url } = await httpServer((_request, _body, response) => response.writeHead(taken ? 200 : 422).end('no'))
    const engine = await start({ kind: 'webhook', url })
    await send(0, 10, () => 96)
    await until(() => status(engine).setAside === 1, 'it is set aside')
    expect(status(engine)).toMatchObject({ waiting: 0, delivered: 0, reason: 'the server answers 422: no' })
    taken = true
    await engine.runtime.outputs.retry('out')
    await delivers(engine, 1)
    expect(status(engine).setAside).toBe(0)
  })

  it('sends mail, with its password, to a server that wants one', async () => {
    const mails: string[] = []
    const server = new SMTPServer({
      authOptional: false,
      hideSTARTTLS: false,
      onAuth: ({ username, password }, _session, done) =>
        done(password === 'right' ? null : new Error('no'), { user: username }),
      onData: (stream, _session, done) => {
        let text = ''
        stream.on('data', (part: Buffer) => (text += String(part)))
        stream.on('end', () => {
          mails.push(text)
          done()
        })
      },
    })
    const port = await freePort()
    server.listen(port, '127.0.0.1')
    onEnd(() => new Promise<void>((done) => server.close(() => done())))
    const connection = {
      ...{ kind: 'mail', host: '127.0.0.1', port, user: 'weir', from: 'weir@example.com', to: ['you@example.com'] },
      verify: false,
    }
    const engine = await start(connection, {}, { secrets: { password: 'right' } })
    await send(0, 10, () => 96)
    await delivers(engine, 1)
    expect(mails[0]).toContain('Subject: Too hot is firing')
    expect(mails[0]).toMatch(/Message-ID: <[0-9a-f]{32}@weir>/)
    await expect(engine.runtime.outputs.test(config(connection), { password: 'wrong' })).rejects.toThrow(
      'wrong user name or password',
    )
    expect((await engine.runtime.outputs.test(config(connection), {})).sent).toBe(true)
    expect(mails.at(-1)).toContain('A test of Weir')
  })

  it.skipIf(mosquittoMissing)('publishes to an MQTT broker, also what came while that was away', async () => {
    const broker = await startMosquitto()
    onEnd(() => broker.stop())
    const engine = await start({ kind: 'mqtt', url: broker.url, topic: 'weir/{pipeline}/{site}' }, { pipelines: ['w'] })
    const got: string[] = []
    const subscribe = async () => {
      const client = await connectAsync(broker.url)
      onEnd(() => void client.end(true))
      client.on('message', (topic, payload) =>
        got.push(`${topic} ${(JSON.parse(String(payload)) as { id: string }).id}`),
      )
      await client.subscribeAsync('weir/#', { qos: 1 })
    }
    await subscribe()
    await send(0, 31)
    await until(() => got.length >= 2, 'two results are published')
    expect(got[0]).toMatch(/^weir\/w\/north w:[0-9a-f]{12}:\d+:\d+:0$/)
    await broker.stop()
    await send(31, 101)
    await until(() => status(engine).state.state === 'retrying', 'it says that the broker is away')
    await broker.start()
    await subscribe()
    await engine.runtime.outputs.retry('out')
    await until(() => new Set(got).size >= 9, 'what came meanwhile is published')
  })

  it('serves programs on this machine: by TCP they get what came before they were there', async () => {
    const port = await freePort()
    const engine = await start({ kind: 'tcp', port }, { pipelines: ['w'] })
    await send(0, 31)
    await until(() => status(engine).waiting >= 2, 'results wait for somebody')
    let text = ''
    const socket = connect(port, '127.0.0.1')
    onEnd(() => socket.destroy())
    socket.on('data', (part: Buffer) => (text += String(part)))
    await until(() => text.split('\n').length > 2, 'they come')
    expect(parsed(text)[0]).toMatchObject({ kind: 'result', start: START })
    expect(status(engine).connected).toBe(1)
  })

  it('serves WebSockets, but no page of a browser', async () => {
    const port = await freePort()
    const engine = await start({ kind: 'websocket', port }, { pipelines: ['w'] })
    await until(() => status(engine).connected === 0, 'it listens')
    const foreign = new WebSocket(`ws://127.0.0.1:${port}`, { origin: 'https://evil.example' })
    const [error] = (await once(foreign, 'error')) as [Error]
    expect(error.message).toContain('403')
    const got: string[] = []
    const client = new WebSocket(`ws://127.0.0.1:${port}`)
    onEnd(() => client.terminate())
    client.on('message', (data: Buffer) => got.push(String(data)))
    await once(client, 'open')
    await send(0, 31)
    await until(() => got.length >= 2, 'results come')
    expect(JSON.parse(got[0] ?? '')).toMatchObject({ kind: 'result', statistics: { max: 9 } })
  })

  it('loses nothing over kills, and repeats only with the same id', async () => {
    const path = join(world.folder, 'out.ndjson')
    const { last, windows } = await world.afterKills({ kind: 'file', path }, { kills: 6 })
    const complete = async () => new Set(parsed(await readFile(path, 'utf8')).map(({ start }) => start)).size
    await until(async () => (await complete()) >= windows, 'every window is in the file')
    expect(await last.end('SIGTERM')).toBe(0)
    const byId = new Map<unknown, string>()
    for (const line of parsed(await readFile(path, 'utf8'))) {
      const text = JSON.stringify(line)
      expect(byId.get(line['id']) ?? text).toBe(text)
      byId.set(line['id'], text)
    }
    const results = parsed(await readFile(path, 'utf8')).filter(({ kind }) => kind === 'result')
    const starts = [...new Set(results.map(({ start }) => start))]
    expect(starts).toEqual(Array.from({ length: starts.length }, (_, i) => START + i * 1000))
    expect([...byId.values()].filter((text) => text.includes('"kind":"alert"')).length).toBe(1)
  })
})
