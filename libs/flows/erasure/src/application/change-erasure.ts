import { Clock, DomainError } from '@entrepot/kernel';
import type { ErasureRequestId } from '@entrepot/kernel';
import { ErasureStore } from '@entrepot/privacy';
import type { ErasureRequest, SignedApproval } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { transition } from '../domain/transition.ts';
import type { ErasureEvent } from '../domain/transition.ts';

/** Who makes an event happen, and a code that says more. */
export interface ChangeBy {
  readonly actor: string;
  readonly detail?: string;
  /** What an officer signed, where the event is a signature. */
  readonly signature?: SignedApproval;
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

  /** Throws what the machine would refuse, and changes nothing. */
  foresee(request: ErasureRequest, event: ErasureEvent): void {
    nextOf(request, event);
  }

  /**
   * Throws the refusal of the machine, ERASURE_STATE_FORBIDS where somebody else was faster, and for a
   * signature ASSERTION_REPLAYED and APPROVER_TOO_CLOSE.
   */
  async execute(
    request: ErasureRequest,
    event: ErasureEvent,
    { actor, detail, signature }: ChangeBy,
  ): Promise<ErasureRequest> {
    const next = nextOf(request, event);
    const change = { action: event.action, actor, detail, signature, at: event.at };
    if (await this.requests.save(next, change)) return next;
    throw new DomainError('ERASURE_STATE_FORBIDS', `${request.id} was changed meanwhile`);
  }
}

function nextOf(request: ErasureRequest, event: ErasureEvent): ErasureRequest {
  const step = transition(request, event);
  if ('request' in step) return step.request;
  throw new DomainError(step.refusal, `${request.id} is ${request.status}`);
}
