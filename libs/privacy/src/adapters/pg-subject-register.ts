import type { SubjectId } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { SubjectRegister } from '../application/subject-register.ts';

const fenceIfUnknown = statement(
  'privacy.fence_if_unknown',
  'SELECT privacy.fence_if_unknown($1) AS "isFenced"',
);

@Injectable()
export class PgSubjectRegister extends SubjectRegister {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async fenceIfUnknown(subject: SubjectId): Promise<boolean> {
    const [row] = await this.database.query<{ isFenced: boolean }>(fenceIfUnknown, [subject]);
    return row?.isFenced === true;
  }
}
