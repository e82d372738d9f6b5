/**
 * A device in a process of its own: `node publisher.mjs URL COUNT PER_SECOND [REPEAT]`; numbered readings of 50 devices,
 * QoS 1. Each REPEATth number is read a second time: the same time and value in a packet of its own.
 */
import { connectAsync } from 'mqtt'

const [url = '', count = '0', perSecond = '0', repeat = '0'] = process.argv.slice(2)
const client = await connectAsync(url, { protocolVersion: 4 })
/** @type {Promise<unknown>[]} */
const waiting = []
/** @param {number} n */
const publish = (n) =>
  waiting.push(
    client.publishAsync(`plant/device-${n % 50}`, JSON.stringify({ ts: 1_700_000_000_000 + n, n }), { qos: 1 }),
  )
const started = performance.now()
for (let n = 0; n < Number(count);) {
  const due = Math.min(Number(count), Math.floor(((performance.now() - started) * Number(perSecond)) / 1000) + 1)
  for (; n < due; n++) {
    publish(n)
    if (Number(repeat) > 0 && n % Number(repeat) === 0) publish(n)
  }
  await new Promise((resolve) => setTimeout(resolve, 2))
}
await Promise.all(waiting)
await client.endAsync()
