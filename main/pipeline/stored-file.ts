/** What a Weir file holds, for commands that only read it. */
export { backup } from '../store/backup'
export { StoredFile } from '../store/stored-file'
