import type { PrivacyRequestId, StaffId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';
import type { AccessPurpose } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { PrivacyRequests } from '../application/privacy-requests.ts';
import type {
  ListedRequest,
  NewPrivacyRequest,
  OpenRequest,
  QueuePlace,
} from '../application/privacy-requests.ts';
import { fencedOr } from './pg-export-store.ts';
import type { UntoldCorrection } from '../application/correction-notices.ts';
import {
  answerRequest,
  findOpenRequests,
  findRequest,
  findUntoldCorrections,
  insertRequest,
  noteCorrectionTold,
  pageOfRequests,
} from './rights-statements.ts';

type OpenRow = Omit<OpenRequest, 'extendedTo'> & { readonly extendedTo: Date | null };

interface ListedRow extends Pick<ListedRequest, 'id' | 'kind' | 'requestedAt' | 'dueAt'> {
  readonly staff: StaffId | null;
  readonly purpose: AccessPurpose | null;
  readonly extendedTo: Date | null;
  readonly answeredAt: Date | null;
  readonly toldAt: Date | null;
}

/** Before everything that is open. */
const beginning = { isAnswered: false, at: '-infinity', id: '' };

const listedOf = ({ staff, purpose, ...row }: ListedRow): ListedRequest => ({
  ...row,
  order: staff === null || purpose === null ? undefined : { staff, purpose },
  extendedTo: row.extendedTo ?? undefined,
  answeredAt: row.answeredAt ?? undefined,
  toldAt: row.toldAt ?? undefined,
});

@Injectable()
export class PgPrivacyRequests extends PrivacyRequests {
  readonly #database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.#database = database;
  }

  override async insert(tx: Transaction, request: NewPrivacyRequest): Promise<void> {
    const { id, subject, kind, order, requestedAt, dueAt } = request;
    const by = [order?.staff ?? null, order?.purpose ?? null];
    try {
      await tx.execute(insertRequest, [id, subject, kind, ...by, requestedAt, dueAt]);
    } catch (error) {
      throw fencedOr(error);
    }
  }

  override async answer(tx: Transaction, id: PrivacyRequestId, at: Date): Promise<void> {
    await tx.execute(answerRequest, [id, at]);
  }

  override untoldCorrections(
    after: PrivacyRequestId | undefined,
    limit: number,
  ): Promise<readonly UntoldCorrection[]> {
    return this.#database.query<UntoldCorrection>(findUntoldCorrections, [after ?? null, limit]);
  }

  override async noteTold(id: PrivacyRequestId, at: Date): Promise<void> {
    await this.#database.execute(noteCorrectionTold, [id, at]);
  }

  override async page(
    after: QueuePlace | undefined,
    limit: number,
  ): Promise<readonly ListedRequest[]> {
    const { isAnswered, at, id } = after ?? beginning;
    const values = [isAnswered, at, id, limit];
    return (await this.#database.query<ListedRow>(pageOfRequests, values)).map(listedOf);
  }

  override async find(id: PrivacyRequestId): Promise<ListedRequest | undefined> {
    const [row] = await this.#database.query<ListedRow>(findRequest, [id]);
    return row && listedOf(row);
  }

  override async open(): Promise<readonly OpenRequest[]> {
    const rows = await this.#database.query<OpenRow>(findOpenRequests);
    return rows.map((row) => ({ ...row, extendedTo: row.extendedTo ?? undefined }));
  }
}
