import type { StaffId, SubjectId } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { Restrictions } from '../application/restrictions.ts';

const restrict = statement(
  'privacy.restrict',
  'SELECT privacy.restrict_subject($1, $2) AS "isDone"',
);
const lift = statement(
  'privacy.lift_restriction',
  'SELECT privacy.lift_restriction($1, true) AS "isDone"',
);

@Injectable()
export class PgRestrictions extends Restrictions {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async restrict(subject: SubjectId, by: StaffId): Promise<boolean> {
    const [row] = await this.database.query<{ isDone: boolean }>(restrict, [subject, by]);
    return row?.isDone === true;
  }

  override async lift(subject: SubjectId): Promise<boolean> {
    const [row] = await this.database.query<{ isDone: boolean }>(lift, [subject]);
    return row?.isDone === true;
  }
}
