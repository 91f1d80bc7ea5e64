import { DomainError } from '@entrepot/kernel';
import { isRefusedByFence } from '@entrepot/platform-crypto';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { AccessLog } from '../application/access-log.ts';
import type { PersonalRead } from '../application/access-log.ts';

const insertAccess = statement(
  'privacy.insert_access',
  `INSERT INTO privacy.access_log (subject_id, staff_id, route, purpose) VALUES ($1, $2, $3, $4)`,
);

@Injectable()
export class PgAccessLog extends AccessLog {
  readonly #database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.#database = database;
  }

  override async note({ subject, staff, route, purpose }: PersonalRead): Promise<void> {
    try {
      await this.#database.execute(insertAccess, [subject, staff, route, purpose]);
    } catch (error) {
      if (!isRefusedByFence(error)) throw error;
      throw new DomainError('SUBJECT_ERASED', `${subject} is fenced`, { cause: error });
    }
  }
}
