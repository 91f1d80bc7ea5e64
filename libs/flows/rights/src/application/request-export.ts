import type { PrivacyRequestId, SubjectId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { IdempotencyRegister } from '@entrepot/platform-idempotency';
import type { ClaimRequest, IdempotencyKey } from '@entrepot/platform-idempotency';
import { Injectable } from '@nestjs/common';
import type { ExportSecrets, StaffOrder } from '../domain/export.ts';
import { IssueExport } from './issue-export.ts';

export interface ExportWish {
  readonly subject: SubjectId;
  readonly key: IdempotencyKey;
  /** Undefined where the person asks. */
  readonly order?: StaffOrder | undefined;
}

export interface RequestedExport {
  readonly id: PrivacyRequestId;
  /** Undefined in a repeated answer. */
  readonly secrets: ExportSecrets | undefined;
}

/** Takes in the wish for a copy; one key, one copy. */
@Injectable()
export class RequestExport {
  constructor(
    private readonly database: ShopDatabase,
    private readonly register: IdempotencyRegister,
    private readonly issue: IssueExport,
  ) {}

  /** Throws IDEMPOTENCY_KEY_REUSED and SUBJECT_ERASED. */
  async execute(wish: ExportWish): Promise<RequestedExport> {
    const known = await this.findKnown(wish);
    if (known !== undefined) return known;
    try {
      return await this.claim(wish);
    } catch (error) {
      // the same request, sent twice at once, may have been claimed meanwhile
      const claimed = await this.findKnown(wish);
      if (claimed === undefined) throw error;
      return claimed;
    }
  }

  private async findKnown(wish: ExportWish): Promise<RequestedExport | undefined> {
    const id = await this.register.find(this.database, claimOf(wish));
    return id === undefined ? undefined : { id: id as PrivacyRequestId, secrets: undefined };
  }

  private async claim(wish: ExportWish): Promise<RequestedExport> {
    const { id, write, passphrase, token } = await this.issue.prepare(wish.subject, wish);
    const claim = await this.register.seal({ ...claimOf(wish), resourceId: id });
    await this.database.unitOfWork(async (tx) => {
      await this.register.claim(tx, claim);
      await write(tx);
    });
    return { id, secrets: { passphrase, token } };
  }
}

const claimOf = ({ subject, key, order }: ExportWish): Omit<ClaimRequest, 'resourceId'> => ({
  principal: order?.staff ?? subject,
  subjectId: subject,
  method: 'POST',
  route: order === undefined ? '/v1/me/exports' : '/admin/v1/accounts/{accountId}/exports',
  key,
  content: order === undefined ? {} : { subject, purpose: order.purpose },
});
