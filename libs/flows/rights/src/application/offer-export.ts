import type { PrivacyRequestId, SubjectId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import type { ExportSecrets } from '../domain/export.ts';
import { IssueExport } from './issue-export.ts';

export interface OfferedExport extends ExportSecrets {
  readonly id: PrivacyRequestId;
}

/**
 * Offers the copy before a key goes: whoever takes in an erasure shows the person link and passphrase, once.
 * The copy is good until the person is fenced; after that nothing opens it.
 */
@Injectable()
export class OfferExport {
  constructor(
    private readonly database: ShopDatabase,
    private readonly issue: IssueExport,
  ) {}

  /** Throws SUBJECT_ERASED. Each call offers another copy. */
  async execute(subject: SubjectId): Promise<OfferedExport> {
    const { id, passphrase, token, write } = await this.issue.prepare(subject);
    await this.database.unitOfWork(write);
    return { id, passphrase, token };
  }
}
