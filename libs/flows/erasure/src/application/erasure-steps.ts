import type { DrivenAction } from '../domain/next-action.ts';
import { drivenActions } from '../domain/next-action.ts';
import type { ErasureStepWork } from './erasure-step.ts';

/** One step for each action that processes do; a missing one stops the start. */
export class ErasureSteps {
  readonly #byAction: ReadonlyMap<DrivenAction, ErasureStepWork>;

  constructor(steps: readonly ErasureStepWork[]) {
    this.#byAction = new Map(steps.map((step) => [step.action, step]));
    for (const action of drivenActions) this.of(action);
  }

  of(action: DrivenAction): ErasureStepWork {
    const step = this.#byAction.get(action);
    if (step === undefined) throw new TypeError(`no step does "${action}" of an erasure`);
    return step;
  }
}
