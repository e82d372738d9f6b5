/** Publishing to a broker as a device would. */
import { connectAsync } from 'mqtt'

/** Publishes at a steady rate; resolves when the broker has acknowledged all (QoS 1). */
export async function publishAtRate(url: string, count: number, perSecond: number, message: (n: number) => { topic: string; payload: string }): Promise<void> {
  const client = await connectAsync(url, { protocolVersion: 4 })
  const waiting: Promise<unknown>[] = []
  const started = performance.now()
  for (let n = 0; n < count; ) {
    const due = Math.min(count, Math.floor(((performance.now() - started) * perSecond) / 1000) + 1)
    for (; n < due; n++) {
      const { topic, payload } = message(n)
      waiting.push(client.publishAsync(topic, payload, { qos: 1 }))
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await Promise.all(waiting)
  await client.endAsync()
}
