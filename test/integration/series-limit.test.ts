/** A sensor that names itself anew with every record: a limit with a message, and everything else goes on. */
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { MAX_SERIES } from '../../main/pipeline/series-registry'
import { World } from './support/sockets'
import { freePort, until } from './support/world'

const BEYOND = 500

it(`takes ${MAX_SERIES} names, rejects what has a further one with the reason, and takes on what is known`, async () => {
  const port = await freePort()
  const world = await World.start(
    { kind: 'tcp', mode: 'server', port },
    { decoding: { fields: [{ path: 'n' }], labels: [{ name: 'id', path: 'id' }] } },
  )
  await world.reaches('live')
  const line = (id: number, n: number): string => `{"ts":${1_700_000_000_000 + n},"id":"x${id}","n":${n}}\n`
  const sender = connect(port, '127.0.0.1')
  for (let n = 0; n < MAX_SERIES + BEYOND; n += 1000)
    sender.write(Array.from({ length: Math.min(1000, MAX_SERIES + BEYOND - n) }, (_, i) => line(n + i, n + i)).join(''))
  sender.end(line(7, MAX_SERIES + BEYOND))
  await world.stores(MAX_SERIES + 1)
  await until(() => world.ledger?.rejected === BEYOND, 'what is beyond the limit is rejected')
  expect((await world.rejections()).at(-1)).toBe(
    `more than ${MAX_SERIES} series; does a topic or field name change with every record?`,
  )
  expect(world.engine.runtime.series()).toHaveLength(MAX_SERIES)
  expect(world.engine.runtime.storedSamples).toBe(MAX_SERIES + 1)
}, 120_000)
