import { Clock, DomainError } from '@entrepot/kernel';
import type { RelocationId, SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { stateOf } from '../domain/relocation.ts';
import type { Departure } from '../domain/relocation.ts';
import { Departures } from './departures.ts';
import { OldAccount } from './old-account.ts';
import { ReadRelocation } from './read-relocation.ts';

/**
 * A shopper stays after all: no receipt of that packet ends their account any more. The new home does not hear of it from
 * here; there the packet is good to its end, unless it is used or spent there.
 */
@Injectable()
export class WithdrawRelocation {
  constructor(
    private readonly relocations: ReadRelocation,
    private readonly departures: Departures,
    private readonly oldAccount: OldAccount,
    private readonly clock: Clock,
  ) {}

  /**
   * Doing it twice does it once. Throws NOT_FOUND, RELOCATION_NOT_OPEN, and ERASURE_OPEN where the account is being
   * forgotten: nobody is told that they stay whose erasure goes on.
   */
  async execute(id: RelocationId, subject: SubjectId): Promise<Departure> {
    const departure = await this.relocations.execute(id, subject);
    if (stateOf(departure, this.clock.now()) === 'issued') {
      if (await this.oldAccount.isBeingForgotten(subject)) {
        throw new DomainError('ERASURE_OPEN', 'the erasure of the account has to be taken back');
      }
      await this.departures.withdraw(id);
    }
    const ended = await this.relocations.execute(id, subject);
    if (ended.status === 'withdrawn') return ended;
    throw new DomainError('RELOCATION_NOT_OPEN', `${id} is over`);
  }
}
