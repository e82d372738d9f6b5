/** What a Weir file holds, for commands that only read it. */
export { backup } from '../store/backup'
export { restore } from '../store/restore'
export { salvage } from '../store/salvage/salvage'
export { SqliteStore } from '../store/sqlite-store'
export { StoredFile } from '../store/stored-file'
