import { Clock } from '@entrepot/kernel';
import type { ErasureRequestId } from '@entrepot/kernel';
import { ErasureStore } from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Log } from '@entrepot/platform-telemetry';
import { Injectable } from '@nestjs/common';
import { nextAction } from '../domain/next-action.ts';
import { transition } from '../domain/transition.ts';
import type { TransitionRefusal } from '../domain/transition.ts';
import { ErasureSteps } from './erasure-steps.ts';
import type { ErasureStepWork, StepOutcome } from './erasure-step.ts';
import { StepFailure } from './step-failure.ts';

const actor = 'worker';

/**
 * Takes one approved erasure as far as it can go now. Every step may be done again, and only its event,
 * held to the version that was read, counts it as done: a crash anywhere is made good by the next run,
 * and two workers at it do no harm.
 */
@Injectable()
export class DriveErasure {
  constructor(
    private readonly requests: ErasureStore,
    private readonly steps: ErasureSteps,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Answers how many events it brought about. Throws what a step throws that may pass by itself. */
  async execute(id: ErasureRequestId): Promise<number> {
    let events = 0;
    while (await this.advance(id)) events += 1;
    return events;
  }

  private async advance(id: ErasureRequestId): Promise<boolean> {
    const request = await this.requests.find(id);
    const action = request && nextAction(request);
    if (request === undefined || action === undefined) return false;
    const step = this.steps.of(action);
    const at = this.clock.now();
    const refusal = this.refusalBefore(request, step, at);
    if (refusal === 'ERASURE_COOLING_OFF') return false;
    if (refusal !== undefined) return this.fail(request, step, new StepFailure(refusal, refusal));
    return this.perform(request, step, at);
  }

  /** Asked before anything is done: what is done outside cannot be rolled back. */
  private refusalBefore(
    request: ErasureRequest,
    { action }: ErasureStepWork,
    at: Date,
  ): TransitionRefusal | undefined {
    const foreseen = transition(request, { action, at, until: at });
    return 'refusal' in foreseen ? foreseen.refusal : undefined;
  }

  private async perform(
    request: ErasureRequest,
    step: ErasureStepWork,
    at: Date,
  ): Promise<boolean> {
    try {
      const outcome = await step.perform(request, at);
      return outcome !== undefined && (await this.save(request, outcome));
    } catch (error) {
      if (error instanceof StepFailure) return this.fail(request, step, error);
      this.log.failure('privacy.erasure_failed', error, { component: step.action });
      throw error;
    }
  }

  private async fail(
    request: ErasureRequest,
    { action }: ErasureStepWork,
    failure: StepFailure,
  ): Promise<boolean> {
    this.log.failure('privacy.erasure_failed', failure, { component: action });
    if (failure.store !== undefined) {
      await this.requests.recordSteps(request.id, [
        {
          ...{ step: action, store: failure.store, state: 'failed' },
          ...{ matched: 0, deleted: 0, left: 0, leftReason: failure.code },
        },
      ]);
    }
    const at = this.clock.now();
    const event = { action: 'fail', at, step: action, code: failure.code } as const;
    await this.save(request, { event, detail: failure.code });
    return false;
  }

  private async save(request: ErasureRequest, { event, detail }: StepOutcome): Promise<boolean> {
    const next = transition(request, event);
    if ('refusal' in next) return false;
    return this.requests.save(next.request, { action: event.action, actor, detail, at: event.at });
  }
}
