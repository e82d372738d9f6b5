/** How a setting looks in a form; attached to schemas with `.meta({ form })`, read by the form builder. */

export interface FormHint {
  /** Folded under "Advanced" when true. */
  readonly advanced?: boolean
  /** Kept in the system keychain, never in the workspace file. */
  readonly secret?: boolean
  /** Monospaced input. */
  readonly code?: boolean
  /** Order of the fields within the form. */
  readonly order?: number
  readonly placeholder?: string
}

declare module 'zod' {
  interface GlobalMeta {
    form?: FormHint
  }
}
