/** The room on the disk of the file: before it is used up nothing more is taken in, so that the system goes on. */
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StoreError } from './store-error'

export class DiskRoom {
  private free = Infinity
  private minimum = 0

  constructor(private readonly file: string) {}

  /** @returns bytes free for this user; Infinity where the system does not say */
  async check(minimum: number): Promise<number> {
    const found = await statfs(dirname(this.file)).catch(() => null)
    this.free = found === null ? Infinity : found.bavail * found.bsize
    this.minimum = minimum
    return this.free
  }

  /** @throws StoreError LOW_DISK */
  require(): void {
    if (this.free >= this.minimum) return
    const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`
    throw new StoreError(
      'LOW_DISK',
      `only ${megabytes(this.free)} are free on the disk of ${this.file}, and ${megabytes(this.minimum)} are to stay free`,
      'Make room on the disk, or set a lower limit; collecting goes on by itself.',
    )
  }
}
