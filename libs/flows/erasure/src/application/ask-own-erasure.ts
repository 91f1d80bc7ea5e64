import { ProvePresence } from '@entrepot/identity';
import type { Presence } from '@entrepot/identity';
import { DomainError } from '@entrepot/kernel';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import type { ChangeBy } from './change-erasure.ts';
import { TakeInErasure } from './take-in-erasure.ts';

/** A shopper asks to be forgotten. Two officers beside them have to look at it all the same. */
@Injectable()
export class AskOwnErasure {
  constructor(
    private readonly presence: ProvePresence,
    private readonly intake: TakeInErasure,
  ) {}

  /**
   * The request that was made, or the one that is open. A code may say what made the person ask. Throws
   * REAUTHENTICATION_REQUIRED and RATE_LIMITED.
   */
  async execute(presence: Presence, detail?: 'RELOCATED'): Promise<ErasureRequest> {
    await this.presence.execute(presence);
    const { subject } = presence;
    const request = await this.intake.receive({ subject, requestedBy: undefined });
    if (request.requestedBy !== undefined || request.status !== 'received') return request;
    return this.prepared(request, { actor: 'subject', ...(detail !== undefined && { detail }) });
  }

  /** Where no plan can be made, the officers see it: the wish of the person stands. */
  private async prepared(request: ErasureRequest, by: ChangeBy): Promise<ErasureRequest> {
    try {
      return await this.intake.prepare(request, 'fresh_sign_in', by);
    } catch (error) {
      if (error instanceof DomainError && unplannable.has(error.code)) return request;
      throw error;
    }
  }
}

const unplannable: ReadonlySet<string> = new Set(['ERASURE_RULE_MISSING', 'ERASURE_STORE_UNKNOWN']);
