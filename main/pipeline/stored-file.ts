/** What a Weir file holds, for commands that only read it. */
export { StoredFile } from '../store/stored-file'
