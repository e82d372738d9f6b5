/** How a setting looks in a form; attached to schemas with `.meta({ form })`, read by the form builder. */

/** Holds where the setting at `field` (a path from the root of the form, its default where nothing is set) fits. */
export interface FieldCondition {
  readonly field: string
  readonly is?: readonly (string | number | boolean)[]
  /** A regular expression that its text matches. */
  readonly matches?: string
}

/** What is asked for in the form but kept in the system keychain, never in the workspace file. */
export interface SecretHint {
  /** Under this name the source finds it. */
  readonly name: string
  /** The path of the setting that it stands behind; without one it stands last. */
  readonly after?: string
  /** The text of a PEM file. */
  readonly pem?: boolean
  readonly advanced?: boolean
  /** All of them must hold for it to be shown. */
  readonly when?: readonly FieldCondition[]
}

export interface FormHint {
  /** Folded under "Advanced" when true. */
  readonly advanced?: boolean
  /** Monospaced input. */
  readonly code?: boolean
  /** The text of a PEM file: chosen or pasted, stored by content. */
  readonly pem?: boolean
  /** The path of a file that can be chosen. */
  readonly file?: boolean
  /** A list that "Discover" can fill; of rows, their first column. */
  readonly discover?: boolean
  /** A list that starts without a row. */
  readonly mayBeEmpty?: boolean
  /** Order of the fields within the form. */
  readonly order?: number
  readonly placeholder?: string
  /** All of them must hold for the field to be shown; of a column, in its row. */
  readonly when?: readonly FieldCondition[]
  /** Of the whole form: the secrets that belong to it. */
  readonly secrets?: readonly SecretHint[]
}

declare module 'zod' {
  interface GlobalMeta {
    form?: FormHint
  }
}
