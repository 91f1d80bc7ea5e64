import { ProvePresence } from '@entrepot/identity';
import type { Presence } from '@entrepot/identity';
import { DomainError } from '@entrepot/kernel';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { TakeInErasure } from './take-in-erasure.ts';
import type { VerifiedErasure } from './take-in-erasure.ts';

/** A shopper asks to be forgotten. Two officers beside them have to look at it all the same. */
@Injectable()
export class AskOwnErasure {
  constructor(
    private readonly presence: ProvePresence,
    private readonly intake: TakeInErasure,
  ) {}

  /**
   * The request that was made, with the copy that the person is offered, or the one that is open. A code may say
   * what made the person ask. Throws REAUTHENTICATION_REQUIRED and RATE_LIMITED.
   */
  async execute(presence: Presence, detail?: 'RELOCATED'): Promise<VerifiedErasure> {
    await this.presence.execute(presence);
    const { subject } = presence;
    const request = await this.intake.receive({ subject, requestedBy: undefined });
    if (request.requestedBy !== undefined || !unprepared.has(request.status)) {
      return { request, copy: undefined };
    }
    const by = { method: 'fresh_sign_in', actor: 'subject', ...(detail && { detail }) } as const;
    const verified = await this.intake.verify(request, by);
    return { ...verified, request: await this.planned(verified.request) };
  }

  /** Where no plan can be made, the officers see it: the wish of the person stands. */
  private async planned(request: ErasureRequest): Promise<ErasureRequest> {
    try {
      return await this.intake.plan(request, { actor: 'subject' });
    } catch (error) {
      if (error instanceof DomainError && unplannable.has(error.code)) return request;
      throw error;
    }
  }
}

const unprepared: ReadonlySet<string> = new Set(['received', 'verified']);
const unplannable: ReadonlySet<string> = new Set(['ERASURE_RULE_MISSING', 'ERASURE_STORE_UNKNOWN']);
