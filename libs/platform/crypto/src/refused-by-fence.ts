/** Raised by the trigger that guards personal writes, once the subject is fenced or erased. */
const fencedState = 'PR001';

/** Whether a statement was refused because its subject is fenced: for certain, nothing was written. */
export const isRefusedByFence = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === fencedState;
