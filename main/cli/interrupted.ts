/** Ctrl+C for commands that end cleanly; SIGHUP and SIGBREAK: so does a closed terminal. */

/** Aborted by the first of the signals; the same one a second time ends the process at once. */
export function interrupted(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const) process.once(signal, () => stop.abort())
  return stop.signal
}
