/** Standard output as a place to write to, at the pace of its reader. */

/** @throws Error where the reader has gone */
export function toStandardOutput(chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => process.stdout.write(chunk, (error) => (error ? reject(error) : resolve())))
}
