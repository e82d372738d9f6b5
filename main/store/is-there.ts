import { access } from 'node:fs/promises'

/** Whether there is a file under this name that may be reached. */
export const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )
