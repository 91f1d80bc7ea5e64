import { Clock, DomainError } from '@entrepot/kernel';
import type { LegalHoldId, StaffId } from '@entrepot/kernel';
import { LegalHolds } from '@entrepot/privacy';
import type { LegalHold } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';

/** Releases a hold and with it all others of its case: what the case has kept ends together. */
@Injectable()
export class CloseCase {
  constructor(
    private readonly holds: LegalHolds,
    private readonly clock: Clock,
  ) {}

  /** Throws NOT_FOUND. A case that is closed stays closed as it was. */
  async execute(id: LegalHoldId, by: StaffId): Promise<LegalHold> {
    const hold = await this.find(id);
    if (hold.releasedAt !== undefined) return hold;
    await this.holds.closeCase(hold.caseReference, by, this.clock.now());
    return this.find(id);
  }

  private async find(id: LegalHoldId): Promise<LegalHold> {
    const hold = await this.holds.find(id);
    if (hold === undefined) throw new DomainError('NOT_FOUND', 'there is no such hold');
    return hold;
  }
}
