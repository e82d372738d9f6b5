/** Connects for real to what the user is setting up, beside the sources that run. */
import type { Secrets, SourceContext } from '../contracts'
import type { SourceConfig } from '../../shared/config/workspace'
import type { Discovered, TestReport } from '../../shared/ipc/engine'
import { discover, testSource } from './kinds'

export class SourceTrials {
  /** @param context of a source with secrets as they were typed */
  constructor(private readonly context: (id: string, typed: Secrets) => SourceContext) {}

  /** @throws Error with the reason in words */
  test(config: SourceConfig, secrets: Secrets): Promise<TestReport> {
    return testSource(config, this.context(config.id, secrets))
  }

  /** @throws Error with the reason in words */
  discover(config: SourceConfig, secrets: Secrets, listenMs: number, enough: AbortSignal): Promise<Discovered[]> {
    return discover(config, this.context(config.id, secrets), listenMs, enough)
  }
}
