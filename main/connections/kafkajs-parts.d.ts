/** Parts of kafkajs 2.2.4 without types of their own, and a codec library without any. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  class RequestQueue {
    readonly pending: readonly unknown[]
    scheduleCheckPendingRequests(): void
  }
  export default RequestQueue
}

declare module 'snappyjs' {
  /** @throws Error where the bytes are not Snappy or become more than `maxLength`. */
  export function uncompress(compressed: Buffer, maxLength?: number): Buffer
  export function compress(bytes: Buffer): Buffer
}
