import { DomainError } from '@entrepot/kernel';
import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ChangeErasure } from './change-erasure.ts';

/** A shopper changes their mind: until the point of no return, whoever asked. */
@Injectable()
export class WithdrawOwnErasure {
  private readonly changes: ChangeErasure;

  constructor(changes: ChangeErasure) {
    this.changes = changes;
  }

  /** Throws NOT_FOUND also for a request about somebody else, and ERASURE_STATE_FORBIDS. */
  async execute(id: ErasureRequestId, subject: SubjectId): Promise<ErasureRequest> {
    const request = await this.changes.find(id);
    if (request.subject !== subject) throw new DomainError('NOT_FOUND', 'there is no such request');
    const event = { action: 'withdraw', at: this.changes.now() } as const;
    return this.changes.execute(request, event, { actor: 'subject' });
  }
}
