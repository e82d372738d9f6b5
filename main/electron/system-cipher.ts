/** The system's own encryption, where it is worth the name. */
import { safeStorage } from 'electron'
import type { Cipher } from './secrets'

/** @returns null without a keychain, and with `basic_text`, whose key is known to everyone. Call after `ready`. */
export function systemCipher(): Cipher | null {
  if (!safeStorage.isEncryptionAvailable()) return null
  // Linux only, and not on the oldest Electron that Weir runs on, where encryption is then said to be unavailable.
  const storage: { getSelectedStorageBackend?: () => string } = safeStorage
  const backend = process.platform === 'linux' ? storage.getSelectedStorageBackend?.() : undefined
  if (backend === 'basic_text' || backend === 'unknown') return null
  return {
    encrypt: (text) => safeStorage.encryptString(text),
    decrypt: (data) => safeStorage.decryptString(data),
  }
}
