/** What the command line may say to the application. */
export interface Switches {
  /** Folder for what the smoke run leaves; null in a normal run. */
  readonly smoke: string | null
  readonly verbose: boolean
}

export function readSwitches(args: readonly string[]): Switches {
  const smoke = args.find((arg) => arg.startsWith('--smoke='))?.slice('--smoke='.length)
  return { smoke: smoke === undefined || smoke === '' ? null : smoke, verbose: args.includes('--verbose') }
}
