import { Clock } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { SubjectRegister } from './subject-register.ts';
import { VaultStore } from './vault-store.ts';

export const reservationMinutesMax = 15;
const reservationsPerRunMax = 200;

/**
 * Ends registrations that stopped half-way. The shop decides: if it has heard of the subject there is an
 * account, and the vault catches up; if not, the shop's door is shut first, so that a registration that
 * was only slow cannot write an account whose key is gone.
 */
@Injectable()
export class SweepReservationsUseCase {
  private readonly store: VaultStore;
  private readonly register: SubjectRegister;
  private readonly clock: Clock;

  constructor(store: VaultStore, register: SubjectRegister, clock: Clock) {
    this.store = store;
    this.register = register;
    this.clock = clock;
  }

  async execute(): Promise<{ readonly abandoned: number; readonly completed: number }> {
    const limit = new Date(this.clock.now().getTime() - reservationMinutesMax * 60_000);
    const swept = { abandoned: 0, completed: 0 };
    for (const subject of await this.store.reservedBefore(limit, reservationsPerRunMax)) {
      if (await this.register.fenceIfUnknown(subject)) {
        await this.store.abandon(subject);
        swept.abandoned += 1;
      } else if (await this.store.activate(subject)) {
        swept.completed += 1;
      }
    }
    return swept;
  }
}
