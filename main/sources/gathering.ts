/** Gathers records that come one by one, and hands over together what came in one turn of the event loop. */
import type { RawRecord, RecordSink } from '../contracts'

const BATCH_RECORDS = 512

export class Gathering {
  /** The engine takes no more for now. */
  full = false
  private records: RawRecord[] = []
  private scheduled = false

  /** @param flow called with false when the engine is full, and with true when there is room again. */
  constructor(
    private readonly out: RecordSink,
    private readonly flow: (on: boolean) => void,
  ) {}

  add(record: RawRecord): void {
    this.records.push(record)
    if (this.records.length >= BATCH_RECORDS) this.flush()
    else if (!this.scheduled) {
      this.scheduled = true
      setImmediate(() => {
        this.scheduled = false
        this.flush()
      })
    }
  }

  flush(): void {
    const { records } = this
    if (records.length === 0) return
    this.records = []
    const room = this.out.write({ records, partition: '' })
    if (room === undefined || this.full) return
    this.full = true
    this.flow(false)
    void room.then(() => {
      this.full = false
      this.flow(true)
    })
  }
}
