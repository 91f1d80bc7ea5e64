import type { ErasureRequest } from '@entrepot/privacy';
import type { DrivenAction } from '../domain/next-action.ts';
import type { ErasureEvent } from '../domain/transition.ts';

/** What a step has come to: an event that brings the request on. */
export interface StepOutcome {
  readonly event: ErasureEvent;
  /** A code that the event keeps, such as what was not done because nothing does it yet. */
  readonly detail?: string;
}

/**
 * Does what one state of a request needs. Doing it again changes nothing: only the event, held to the
 * version that was read, counts it as done. Throws StepFailure where people have to look.
 */
export abstract class ErasureStepWork {
  abstract readonly action: DrivenAction;
  /** Undefined while it has to wait for somebody else. */
  abstract perform(request: ErasureRequest, at: Date): Promise<StepOutcome | undefined>;
}
