/// <reference types="svelte" />
/// <reference types="vite/client" />
import type { DesktopApi } from '../shared/ipc/desktop'

declare global {
  interface Window {
    /** Put there by the preload. */
    readonly weir: DesktopApi
  }
}
