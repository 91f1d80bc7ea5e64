import type { PrivacyRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import { FieldCipher, isRefusedByFence, isTombstone } from '@entrepot/platform-crypto';
import type { Ciphertext } from '@entrepot/platform-crypto';
import { ShopDatabase } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';
import type { AccessPurpose } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ExportStore } from '../application/export-store.ts';
import type { ExportToMake, ExportToTell, NewExport } from '../application/export-store.ts';
import { exportAttemptsMax, exportDays } from '../domain/export.ts';
import type { ExportStatus, PersonExport, StaffOrder } from '../domain/export.ts';
import {
  expireExports,
  findExport,
  findOrderedExport,
  findReady,
  findUntoldExport,
  findUntoldExports,
  findWaiting,
  insertExport,
  insertRequest,
  keepArchive,
  listExports,
  noteExportTold,
  redeemExport,
  takeUpExport,
} from './rights-statements.ts';

interface ExportRow {
  readonly id: PrivacyRequestId;
  readonly subject: SubjectId;
  readonly status: ExportStatus;
  readonly staff: StaffId | null;
  readonly purpose: AccessPurpose | null;
  readonly requestedAt: Date;
  readonly dueAt: Date;
  readonly extendedTo: Date | null;
  readonly expiresAt: Date;
  readonly madeAt: Date | null;
  readonly downloadedAt: Date | null;
}

type TakenUp = Pick<ExportRow, 'id' | 'subject' | 'status' | 'staff' | 'purpose'> & {
  readonly passphrase: Ciphertext | null;
};
type UntoldRow = Omit<ExportToTell, 'link'> & { readonly link: Ciphertext };
type ReadyRow = Pick<ExportRow, 'id' | 'subject'> & { readonly archive: Ciphertext };

const placeOf = ({ id, subject }: Pick<ExportRow, 'id' | 'subject'>) => ({
  table: 'rights.export',
  rowId: id,
  subject,
});

const orderOf = ({
  staff,
  purpose,
}: Pick<ExportRow, 'staff' | 'purpose'>): StaffOrder | undefined =>
  staff === null || purpose === null ? undefined : { staff, purpose };

const exportOf = (row: ExportRow): PersonExport => ({
  ...{ id: row.id, subject: row.subject, status: row.status, order: orderOf(row) },
  ...{ requestedAt: row.requestedAt, dueAt: row.dueAt, expiresAt: row.expiresAt },
  extendedTo: row.extendedTo ?? undefined,
  madeAt: row.madeAt ?? undefined,
  downloadedAt: row.downloadedAt ?? undefined,
});

/** A write about somebody who is fenced was refused. */
export function fencedOr(error: unknown): unknown {
  if (!isRefusedByFence(error)) return error;
  return new DomainError('SUBJECT_ERASED', 'the person is fenced', { cause: error });
}

@Injectable()
export class PgExportStore extends ExportStore {
  constructor(
    private readonly database: ShopDatabase,
    private readonly cipher: FieldCipher,
  ) {
    super();
  }

  override async prepare(fresh: NewExport): Promise<(tx: Transaction) => Promise<void>> {
    const { id, subject, order, requestedAt, dueAt, expiresAt, tokenHash } = fresh;
    const place = placeOf(fresh);
    const { passphrase } = await this.cipher.encrypt(place, { passphrase: fresh.passphrase });
    const sealed =
      fresh.link === undefined ? undefined : await this.cipher.encrypt(place, { link: fresh.link });
    const link = sealed?.link ?? null;
    const by = [order?.staff ?? null, order?.purpose ?? null];
    return async (tx) => {
      try {
        await tx.execute(insertRequest, [id, subject, 'export', ...by, requestedAt, dueAt]);
        await tx.execute(insertExport, [id, subject, passphrase, link, tokenHash, expiresAt]);
      } catch (error) {
        throw fencedOr(error);
      }
    };
  }

  override async find(id: PrivacyRequestId, subject: SubjectId): Promise<PersonExport | undefined> {
    const [row] = await this.database.query<ExportRow>(findExport, [id, subject]);
    return row && exportOf(row);
  }

  override async findOrdered(
    id: PrivacyRequestId,
    staff: string,
  ): Promise<PersonExport | undefined> {
    const [row] = await this.database.query<ExportRow>(findOrderedExport, [id, staff]);
    return row && exportOf(row);
  }

  override async listOf(subject: SubjectId): Promise<readonly PersonExport[]> {
    return (await this.database.query<ExportRow>(listExports, [subject])).map(exportOf);
  }

  override async takeUp(id: PrivacyRequestId): Promise<ExportToMake | undefined> {
    const [row] = await this.database.query<TakenUp>(takeUpExport, [id, exportAttemptsMax]);
    if (row === undefined || row.passphrase === null) return undefined;
    const opened = await this.cipher.decrypt(placeOf(row), { passphrase: row.passphrase });
    if (isTombstone(opened)) return undefined;
    return { id, subject: row.subject, order: orderOf(row), passphrase: opened.passphrase };
  }

  override async keep(made: ExportToMake, archive: Buffer): Promise<boolean> {
    const sealed = await this.cipher.encrypt(placeOf(made), {
      archive: archive.toString('base64'),
    });
    try {
      const values = [made.id, sealed.archive, exportDays];
      return (await this.database.execute(keepArchive, values)) === 1;
    } catch (error) {
      throw fencedOr(error);
    }
  }

  /** Opened before it is spent: a key service that does not answer must not cost the person the copy. */
  override async redeem(tokenHash: Buffer): Promise<Buffer | undefined> {
    const [row] = await this.database.query<ReadyRow>(findReady, [tokenHash]);
    if (row === undefined) return undefined;
    const opened = await this.cipher.decrypt(placeOf(row), { archive: row.archive });
    if (isTombstone(opened)) return undefined;
    const isFirst = (await this.database.execute(redeemExport, [tokenHash])) === 1;
    return isFirst ? Buffer.from(opened.archive, 'base64') : undefined;
  }

  override async waiting(limit: number): Promise<readonly PrivacyRequestId[]> {
    const rows = await this.database.query<{ id: PrivacyRequestId }>(findWaiting, [limit]);
    return rows.map(({ id }) => id);
  }

  override async findUntold(id: PrivacyRequestId): Promise<ExportToTell | undefined> {
    const [row] = await this.database.query<UntoldRow>(findUntoldExport, [id]);
    if (row === undefined) return undefined;
    const opened = await this.cipher.decrypt(placeOf(row), { link: row.link });
    return isTombstone(opened) ? undefined : { ...row, link: opened.link };
  }

  override async untold(
    after: PrivacyRequestId | undefined,
    limit: number,
  ): Promise<readonly PrivacyRequestId[]> {
    const values = [after ?? null, limit];
    const rows = await this.database.query<{ id: PrivacyRequestId }>(findUntoldExports, values);
    return rows.map(({ id }) => id);
  }

  override async noteTold(id: PrivacyRequestId): Promise<void> {
    await this.database.execute(noteExportTold, [id]);
  }

  override expire(limit: number): Promise<number> {
    return this.database.execute(expireExports, [limit]);
  }
}
