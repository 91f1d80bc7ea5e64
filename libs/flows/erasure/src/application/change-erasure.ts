import { Clock, DomainError } from '@entrepot/kernel';
import type { ErasureRequestId } from '@entrepot/kernel';
import { ErasureStore } from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { transition } from '../domain/transition.ts';
import type { ErasureEvent } from '../domain/transition.ts';

/** Who makes an event happen, and a code that says more. */
export interface ChangeBy {
  readonly actor: string;
  readonly detail?: string;
}

/** Takes a request through one event: what the machine refuses is thrown with the machine's code. */
@Injectable()
export class ChangeErasure {
  constructor(
    private readonly requests: ErasureStore,
    private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock.now();
  }

  /** Throws NOT_FOUND. */
  async find(id: ErasureRequestId): Promise<ErasureRequest> {
    const request = await this.requests.find(id);
    if (request === undefined) throw new DomainError('NOT_FOUND', 'there is no such request');
    return request;
  }

  /** Throws the refusal of the machine, and ERASURE_STATE_FORBIDS where somebody else was faster. */
  async execute(
    request: ErasureRequest,
    event: ErasureEvent,
    { actor, detail }: ChangeBy,
  ): Promise<ErasureRequest> {
    const step = transition(request, event);
    if ('refusal' in step) {
      throw new DomainError(step.refusal, `${request.id} is ${request.status}`);
    }
    const change = { action: event.action, actor, detail, at: event.at };
    if (await this.requests.save(step.request, change)) return step.request;
    throw new DomainError('ERASURE_STATE_FORBIDS', `${request.id} was changed meanwhile`);
  }
}
