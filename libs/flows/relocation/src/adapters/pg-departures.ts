import { DomainError } from '@entrepot/kernel';
import type { ErasureRequestId, RelocationId, SubjectId } from '@entrepot/kernel';
import { isRefusedByFence, isRefusedByRestriction } from '@entrepot/platform-crypto';
import { isUniqueViolation, ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { Departures } from '../application/departures.ts';
import type { NewDeparture } from '../application/departures.ts';
import type { Departure } from '../domain/relocation.ts';
import {
  completeDeparture,
  findDeparture,
  insertDeparture,
  voidOpenDeparture,
  withdrawDeparture,
} from './relocation-statements.ts';

type DepartureRow = Omit<Departure, 'completedAt' | 'erasureRequest'> & {
  readonly completedAt: Date | null;
  readonly erasureRequest: ErasureRequestId | null;
};

@Injectable()
export class PgDepartures extends Departures {
  readonly #database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.#database = database;
  }

  override async open({ id, subject, to, issuedAt, expiresAt }: NewDeparture): Promise<void> {
    try {
      await this.#database.unitOfWork(async (tx) => {
        await tx.execute(voidOpenDeparture, [subject]);
        await tx.execute(insertDeparture, [id, subject, to, issuedAt, expiresAt]);
      });
    } catch (error) {
      throw refusalOr(error);
    }
  }

  override async find(id: RelocationId, subject: SubjectId): Promise<Departure | undefined> {
    const [row] = await this.#database.query<DepartureRow>(findDeparture, [id, subject]);
    return (
      row && {
        ...row,
        completedAt: row.completedAt ?? undefined,
        erasureRequest: row.erasureRequest ?? undefined,
      }
    );
  }

  override async withdraw(id: RelocationId): Promise<boolean> {
    return (await this.#database.execute(withdrawDeparture, [id])) === 1;
  }

  override async complete(
    id: RelocationId,
    { request, at }: { readonly request: ErasureRequestId; readonly at: Date },
  ): Promise<boolean> {
    return (await this.#database.execute(completeDeparture, [id, request, at])) === 1;
  }
}

function refusalOr(error: unknown): unknown {
  if (isRefusedByFence(error)) {
    return new DomainError('SUBJECT_ERASED', 'the person is fenced', { cause: error });
  }
  if (isRefusedByRestriction(error)) {
    return new DomainError('ACCOUNT_RESTRICTED', 'the person is restricted', { cause: error });
  }
  if (isUniqueViolation(error, 'departure_one_open')) {
    return new DomainError('REQUEST_IN_FLIGHT', 'two packets were asked for at once');
  }
  return error;
}
