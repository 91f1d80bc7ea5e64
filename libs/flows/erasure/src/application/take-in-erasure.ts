import { DomainError, newCellId } from '@entrepot/kernel';
import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { dueAtOf, ErasureStore } from '@entrepot/privacy';
import type { ErasureOfficer, ErasureRequest, IdentityMethod } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { AcknowledgeErasure } from './acknowledge-erasure.ts';
import { ChangeErasure } from './change-erasure.ts';
import type { ChangeBy } from './change-erasure.ts';
import type { OfferedCopy } from './copy-offer.ts';
import { ErasureSettings } from './erasure-settings.ts';
import { PlanErasure } from './plan-erasure.ts';

/** Whose wish comes in, and by whom. */
export interface ErasureWish {
  readonly subject: SubjectId;
  /** Undefined where the person asks. */
  readonly requestedBy: ErasureOfficer | undefined;
  /** Under which the request is known; drawn where it is not given. */
  readonly id?: ErasureRequestId;
}

/** Who shows how that it is the person who asks. */
export interface ShownIdentity extends ChangeBy {
  readonly method: IdentityMethod;
  /** Of the copy that is offered; drawn where it is not given. */
  readonly passphrase?: string | undefined;
}

/** A request whose person is known, and the copy that they were just offered. */
export interface VerifiedErasure {
  readonly request: ErasureRequest;
  /** Undefined where they were offered one before, or cannot be. */
  readonly copy: OfferedCopy | undefined;
}

/** What a request goes through before officers look at it, whoever asks. */
@Injectable()
export class TakeInErasure {
  constructor(
    private readonly requests: ErasureStore,
    private readonly settings: ErasureSettings,
    private readonly changes: ChangeErasure,
    private readonly plans: PlanErasure,
    private readonly acknowledge: AcknowledgeErasure,
  ) {}

  newId(): ErasureRequestId {
    return newCellId('erasureRequest', this.settings.cell);
  }

  /**
   * The request as it was received, or the one that is open already. A guest who has not shown who they are
   * keeps nobody waiting: their request makes way.
   */
  async receive(wish: ErasureWish): Promise<ErasureRequest> {
    const request = this.newRequest(wish);
    const actor = wish.requestedBy?.staffId ?? 'subject';
    const change = { action: 'receive', actor, at: request.requestedAt };
    if (await this.requests.insert(request, change)) return request;
    const open = await this.requests.findOpenOf(wish.subject);
    if (open === undefined) throw new DomainError('ERASURE_OPEN', 'the last request just ended');
    if (open.status !== 'identity_pending') return open;
    const at = this.changes.now();
    const by = { actor: 'subject', detail: 'IDENTITY_NOT_SHOWN' };
    await this.changes.execute(open, { action: 'withdraw', at }, by);
    if (await this.requests.insert(request, change)) return request;
    throw new DomainError('ERASURE_OPEN', 'another request came in meanwhile');
  }

  /** The person has to show first that it is they who ask. */
  askIdentity(request: ErasureRequest): Promise<ErasureRequest> {
    const event = { action: 'ask-identity', at: this.changes.now() } as const;
    return this.changes.execute(request, event, { actor: 'subject' });
  }

  newPassphrase(): string | undefined {
    return this.acknowledge.newPassphrase();
  }

  /** From where a crash may have left it to where a plan can be made; the person is offered a copy first. */
  async verify(
    received: ErasureRequest,
    { method, passphrase, ...by }: ShownIdentity,
  ): Promise<VerifiedErasure> {
    let request = received;
    if (request.status === 'received' || request.status === 'identity_pending') {
      const event = { action: 'verify-identity', at: this.changes.now(), method } as const;
      request = await this.changes.execute(request, event, by);
    }
    if (request.status !== 'verified' || (await this.isOffered(request))) {
      return { request, copy: undefined };
    }
    const copy = await this.acknowledge.execute(request, passphrase);
    const event = { action: 'offer-copy', at: this.changes.now() } as const;
    const detail = copy === undefined ? 'COPY_NOT_OFFERED' : 'COPY_OFFERED';
    request = await this.changes.execute(request, event, { actor: by.actor, detail });
    return { request, copy };
  }

  /** To where the officers find it. Throws what PlanErasure throws. */
  async plan(request: ErasureRequest, { actor }: Pick<ChangeBy, 'actor'>): Promise<ErasureRequest> {
    if (request.status !== 'verified') return request;
    const at = this.changes.now();
    const plan = await this.plans.execute(request, at);
    return this.changes.execute(request, { action: 'assess', at, plan }, { actor });
  }

  private async isOffered({ id }: ErasureRequest): Promise<boolean> {
    const events = await this.requests.eventsOf(id);
    return events.some(({ action }) => action === 'offer-copy');
  }

  private newRequest({ subject, requestedBy, id }: ErasureWish): ErasureRequest {
    const requestedAt = this.changes.now();
    return {
      id: id ?? this.newId(),
      ...{ subject, status: 'received', version: 1, requestedBy, requestedAt },
      dueAt: dueAtOf(requestedAt, this.settings.timeZone),
      ...{ extendedTo: undefined, identity: undefined, plan: undefined },
      ...{ confirmation: undefined, approval: undefined },
      ...{ coolingOffUntil: undefined, committedAt: undefined, fencedAt: undefined },
      ...{ drainedAt: undefined, keyUnusableAt: undefined, purgedAt: undefined },
      ...{ keyDestroyedAt: undefined, closedAt: undefined, resumesTo: undefined },
      ...{ failure: undefined, duplicateOf: undefined },
    };
  }
}
