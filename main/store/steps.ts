/** The transactions of the store; crash rehearsals are told of them, so that they can end a process amid one. */
export type StoreStep = 'commit' | 'snapshot' | 'pass' | 'merge' | 'removal'

/** Before a step's transaction begins and after it ended, however it ended. */
export type StepListener = (step: StoreStep, phase: 'begin' | 'end') => void
