/** Rejected records as a file, one JSON object a line. */
import type { StoredRejected } from '../../contracts'
import { writeWhole } from './whole-file'
import type { Write } from './whole-file'

/** @returns how many were written. @throws Error of the file system; then no file is left behind */
export async function exportRejected(entries: AsyncIterable<StoredRejected>, path: string): Promise<number> {
  let records = 0
  await writeWhole(path, async (write) => (records = await writeRejected(entries, write)))
  return records
}

/** @returns how many were written */
export async function writeRejected(entries: AsyncIterable<StoredRejected>, write: Write): Promise<number> {
  let records = 0
  for await (const entry of entries) {
    await write(Buffer.from(`${JSON.stringify(lineOf(entry))}\n`))
    records += 1
  }
  return records
}

/** A payload that is no UTF-8 is given as base64, so that nothing of it is lost. */
function lineOf({ payload, arrival, brokerTime, key, partition, reason, labels, header }: StoredRejected): object {
  const text = Buffer.from(payload).toString('utf8')
  const isText = Buffer.from(text).equals(payload)
  return {
    arrival: new Date(arrival).toISOString(),
    ...(brokerTime === undefined ? {} : { brokerTime: new Date(brokerTime).toISOString() }),
    key,
    ...(partition === '' ? {} : { partition }),
    reason,
    ...(labels === undefined ? {} : { labels }),
    ...(header === undefined ? {} : { header }),
    ...(isText ? { payload: text } : { payloadBase64: Buffer.from(payload).toString('base64') }),
  }
}
