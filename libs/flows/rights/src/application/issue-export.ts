import { randomBytes } from 'node:crypto';
import { Clock, newCellId, randomLocalPart } from '@entrepot/kernel';
import type { PrivacyRequestId, SubjectId } from '@entrepot/kernel';
import { hashOfSecret } from '@entrepot/platform-crypto';
import type { Transaction } from '@entrepot/platform-database';
import { dueAtOf } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import type { ExportSecrets, StaffOrder } from '../domain/export.ts';
import { ExportStore } from './export-store.ts';
import { RightsSettings } from './rights-settings.ts';

/** How long a copy may wait to be made: the law's month, and the days of an extension that nobody asked for. */
const daysToMake = 31;
const dayMs = 86_400_000;

export interface ExportTerms {
  /** Undefined where the person asks. */
  readonly order?: StaffOrder | undefined;
  /** Drawn where it is not given. */
  readonly passphrase?: string;
}

export interface IssuedExport extends ExportSecrets {
  readonly id: PrivacyRequestId;
  /** Writes it; until then nobody has heard of it. */
  readonly write: (tx: Transaction) => Promise<void>;
}

/** Draws the secrets of a copy and prepares its rows; a worker makes the copy. */
@Injectable()
export class IssueExport {
  constructor(
    private readonly exports: ExportStore,
    private readonly settings: RightsSettings,
    private readonly clock: Clock,
  ) {}

  /** Whoever is given it opens the copy that is issued with it. */
  newPassphrase(): string {
    // 130 random bits: age's slow hash has nothing to add, and the words are typed by hand
    return randomLocalPart().replaceAll(/(.{5})(?=.)/g, '$1-');
  }

  /** Throws SUBJECT_ERASED. */
  async prepare(
    subject: SubjectId,
    { order, passphrase = this.newPassphrase() }: ExportTerms = {},
  ): Promise<IssuedExport> {
    const id = newCellId('privacyRequest', this.settings.cell);
    const requestedAt = this.clock.now();
    const token = randomBytes(32).toString('base64url');
    const write = await this.exports.prepare({
      ...{ id, subject, order, requestedAt, passphrase, tokenHash: hashOfSecret(token) },
      link: order === undefined ? token : undefined,
      dueAt: dueAtOf(requestedAt, this.settings.timeZone),
      expiresAt: new Date(requestedAt.getTime() + daysToMake * dayMs),
    });
    return { id, passphrase, token, write };
  }
}
