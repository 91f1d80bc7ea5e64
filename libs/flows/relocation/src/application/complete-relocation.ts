import type { Presence } from '@entrepot/identity';
import { Clock, DomainError } from '@entrepot/kernel';
import type { RelocationId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { stateOf } from '../domain/relocation.ts';
import type { Departure } from '../domain/relocation.ts';
import { Departures } from './departures.ts';
import { OldAccount } from './old-account.ts';
import type { ForgottenAccount } from './old-account.ts';
import { ReadRelocation } from './read-relocation.ts';
import { Receipts } from './receipts.ts';

export interface CompletedRelocation {
  readonly departure: Departure;
  readonly copy?: ForgottenAccount['copy'];
}

/** The new home has taken the person in: the old one begins to forget them. */
@Injectable()
export class CompleteRelocation {
  constructor(
    private readonly receipts: Receipts,
    private readonly relocations: ReadRelocation,
    private readonly departures: Departures,
    private readonly oldAccount: OldAccount,
    private readonly clock: Clock,
  ) {}

  /**
   * Doing it twice does it once. Throws NOT_FOUND, RELOCATION_RECEIPT_INVALID, RELOCATION_RECEIPT_EXPIRED,
   * RELOCATION_NOT_OPEN, REAUTHENTICATION_REQUIRED and RATE_LIMITED.
   */
  async execute(
    id: RelocationId,
    presence: Presence,
    receipt: string,
  ): Promise<CompletedRelocation> {
    const departure = await this.relocations.execute(id, presence.subject);
    const said = await this.receipts.read(receipt);
    if (said.id !== id || said.to !== departure.to) {
      throw new DomainError('RELOCATION_RECEIPT_INVALID', 'the receipt is of another relocation');
    }
    if (departure.status === 'completed') return { departure };
    if (stateOf(departure, this.clock.now()) !== 'issued') throw notOpen(id);
    const { subject } = presence;
    const asksAnyhow = await this.oldAccount.isBeingForgotten(subject);
    const { request, copy } = await this.oldAccount.forget(presence);
    // an erasure that began and was not written down here is found again by the next attempt
    const isFirst = await this.departures.complete(id, { request, at: this.clock.now() });
    const ended = await this.relocations.execute(id, subject);
    if (isFirst || ended.status === 'completed') return { departure: ended, copy };
    // who withdrew meanwhile was told that they stay
    if (!asksAnyhow) await this.oldAccount.keep(request, subject);
    throw notOpen(id);
  }
}

const notOpen = (id: RelocationId) => new DomainError('RELOCATION_NOT_OPEN', `${id} is over`);
