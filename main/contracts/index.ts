/** The interfaces between the stages. Stages import this folder and `shared/`, never each other. */
export * from './sources'
export * from './decoding'
export * from './windows'
export * from './statistics'
export * from './alerts'
export * from './outputs'
export * from './commit'
export * from './store'
