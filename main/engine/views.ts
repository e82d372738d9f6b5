/** All open views of all windows; one timer sends what is due. A slow window gets the newest frame, never a queue. */
import type { Frame, ViewSpec } from '../../shared/ipc/engine'
import type { Runtime } from '../pipeline/runtime'
import type { CommittedUnit } from '../pipeline/runtime-options'
import { View } from './view'

const FRAME_TICK_MS = 33

export interface ViewClient {
  /** False while an earlier frame has not been taken yet. */
  ready(): boolean
  send(frame: Frame): void
}

export class ViewSet {
  private readonly byClient = new Map<ViewClient, Map<number, View>>()
  private readonly timer: NodeJS.Timeout
  /** Fills read the file one after the other, so that a hundred tiles do not fight for it. */
  private filling: Promise<void> = Promise.resolve()

  constructor(private readonly runtime: Runtime) {
    this.timer = setInterval(() => this.sendDue(), FRAME_TICK_MS)
  }

  open(client: ViewClient, number: number, spec: ViewSpec): void {
    let views = this.byClient.get(client)
    if (views === undefined) this.byClient.set(client, (views = new Map()))
    views.get(number)?.close()
    const view = new View(number, spec, this.runtime)
    views.set(number, view)
    this.fill(view)
  }

  private fill(view: View): void {
    this.filling = this.filling.then(() => view.fill()).catch(() => undefined)
  }

  close(client: ViewClient, number: number): void {
    this.byClient.get(client)?.get(number)?.close()
    this.byClient.get(client)?.delete(number)
  }

  /** A window is gone. */
  drop(client: ViewClient): void {
    for (const view of this.byClient.get(client)?.values() ?? []) view.close()
    this.byClient.delete(client)
  }

  committed(unit: CommittedUnit): void {
    for (const views of this.byClient.values()) for (const view of views.values()) view.committed(unit)
  }

  /** Data went away: everything is read anew. */
  reset(): void {
    for (const [client, views] of this.byClient) for (const [number, { spec }] of views) this.open(client, number, spec)
  }

  private sendDue(): void {
    const now = performance.now()
    for (const [client, views] of this.byClient) {
      for (const view of views.values()) {
        if (!client.ready()) break
        if (view.due(now)) client.send(view.frame(now))
      }
    }
  }

  stop(): void {
    clearInterval(this.timer)
    for (const client of [...this.byClient.keys()]) this.drop(client)
  }
}
