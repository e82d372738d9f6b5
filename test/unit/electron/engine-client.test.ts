import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { afterEach, expect, it } from 'vitest'
import { EngineClient } from '../../../main/electron/engine-client'
import type { ClientPort } from '../../../main/electron/engine-client'

const open: MessagePort[] = []
afterEach(() => {
  for (const port of open.splice(0)) port.close()
})

/** Node's port with the events of Electron's. */
function channel(): { readonly client: ClientPort; readonly engine: MessagePort } {
  const { port1, port2 } = new MessageChannel()
  open.push(port1, port2)
  const client: ClientPort = {
    postMessage: (message) => port1.postMessage(message),
    on: (_event, listener) => port1.on('message', (data: unknown) => listener({ data })),
    start: () => port1.start(),
    close: () => port1.close(),
  }
  return { client, engine: port2 }
}

it('calls, listens, and fails what waits when the port is replaced', async () => {
  const client = new EngineClient()
  expect(await client.call('series', undefined)).toMatchObject({ ok: false, error: { code: 'ENGINE_DOWN' } })

  const first = channel()
  first.engine.on('message', ({ id, method }: { id: number; method: string }) => {
    if (method === 'series') first.engine.postMessage({ id, ok: true, value: [] })
    first.engine.postMessage({ event: 'status', data: { stored: 5 } })
  })
  client.attach(first.client)
  const stored = new Promise((resolve) => client.on('status', (status) => resolve(status.stored)))
  expect(await client.call('series', undefined)).toMatchObject({ ok: true, value: [] })
  expect(await stored).toBe(5)

  const waiting = client.call('workspace', undefined)
  const second = channel()
  second.engine.on('message', ({ id }: { id: number }) => second.engine.postMessage({ id, ok: true, value: null }))
  client.attach(second.client)
  expect(await waiting).toMatchObject({ ok: false })
  expect(await client.call('removeDemo', undefined)).toMatchObject({ ok: true, value: null })
})
