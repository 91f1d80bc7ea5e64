import type { PrivacyRequestId, SubjectId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import type { ExportSecrets } from '../domain/export.ts';
import { IssueExport } from './issue-export.ts';

export interface OfferedExport extends ExportSecrets {
  readonly id: PrivacyRequestId;
}

/**
 * Offers the copy before a key goes: whoever takes in an erasure shows the passphrase, once, and the link goes to
 * the person's address. The copy is good until the person is fenced; after that nothing opens it.
 */
@Injectable()
export class OfferExport {
  constructor(
    private readonly database: ShopDatabase,
    private readonly issue: IssueExport,
  ) {}

  newPassphrase(): string {
    return this.issue.newPassphrase();
  }

  /** Throws SUBJECT_ERASED. Each call offers another copy. */
  async execute(
    subject: SubjectId,
    passphrase: string = this.newPassphrase(),
  ): Promise<OfferedExport> {
    const { id, token, write } = await this.issue.prepare(subject, { passphrase });
    await this.database.unitOfWork(write);
    return { id, passphrase, token };
  }
}
