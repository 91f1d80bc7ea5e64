/** Raised by the trigger that guards personal writes, once the subject is fenced or erased. */
const fencedState = 'PR001';
/** Raised by the same trigger where nobody admitted the subject. */
const unknownState = 'PR002';
/** Raised by the same trigger while the data of the subject are stored and not used. */
const restrictedState = 'PR003';

const hasState = (error: unknown, state: string): boolean =>
  error instanceof Error && 'code' in error && error.code === state;

/** Whether a statement was refused because its subject is fenced: for certain, nothing was written. */
export const isRefusedByFence = (error: unknown): boolean => hasState(error, fencedState);

/** Whether a statement was refused because its subject is unknown here: for certain, nothing was written. */
export const isOfUnknownSubject = (error: unknown): boolean => hasState(error, unknownState);

/** Whether a statement was refused because its subject is restricted: for certain, nothing was written. */
export const isRefusedByRestriction = (error: unknown): boolean => hasState(error, restrictedState);
