/** What a colour means: state, never decoration. */
export type Tone = 'ok' | 'warn' | 'crit' | 'mute' | 'accent'
