import type { PrivacyRequestId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { PrivacyRequests } from '../application/privacy-requests.ts';
import type { NewPrivacyRequest, OpenRequest } from '../application/privacy-requests.ts';
import { fencedOr } from './pg-export-store.ts';
import type { UntoldCorrection } from '../application/correction-notices.ts';
import {
  answerRequest,
  findOpenRequests,
  findUntoldCorrections,
  insertRequest,
  noteCorrectionTold,
} from './rights-statements.ts';

type OpenRow = Omit<OpenRequest, 'extendedTo'> & { readonly extendedTo: Date | null };

@Injectable()
export class PgPrivacyRequests extends PrivacyRequests {
  readonly #database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.#database = database;
  }

  override async insert(request: NewPrivacyRequest): Promise<void> {
    const { id, subject, kind, order, requestedAt, dueAt } = request;
    const by = [order?.staff ?? null, order?.purpose ?? null];
    try {
      await this.#database.execute(insertRequest, [id, subject, kind, ...by, requestedAt, dueAt]);
    } catch (error) {
      throw fencedOr(error);
    }
  }

  override async answer(id: PrivacyRequestId, at: Date): Promise<void> {
    await this.#database.execute(answerRequest, [id, at]);
  }

  override untoldCorrections(limit: number): Promise<readonly UntoldCorrection[]> {
    return this.#database.query<UntoldCorrection>(findUntoldCorrections, [limit]);
  }

  override async noteTold(id: PrivacyRequestId, at: Date): Promise<void> {
    await this.#database.execute(noteCorrectionTold, [id, at]);
  }

  override async open(): Promise<readonly OpenRequest[]> {
    const rows = await this.#database.query<OpenRow>(findOpenRequests);
    return rows.map((row) => ({ ...row, extendedTo: row.extendedTo ?? undefined }));
  }
}
