import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { MarketingPermission } from '../application/marketing-permission.ts';
import type { MarketingQuestion } from '../application/marketing-permission.ts';

/** Nobody is written to who is being erased, or whose data are restricted: an erasure that cools off restricts them. */
const askPermission = statement(
  'consents.may_write_to',
  `SELECT EXISTS (SELECT FROM privacy.active_subject WHERE subject_id = $1 AND NOT is_restricted)
     AND coalesce((SELECT is_granted FROM consents.entry
                   WHERE subject_id = $1 AND purpose = $2 ORDER BY seq DESC LIMIT 1), false)
     AND NOT EXISTS (SELECT FROM consents.suppression WHERE digest = $3) AS "isGiven"`,
);

@Injectable()
export class PgMarketingPermission extends MarketingPermission {
  readonly #database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.#database = database;
  }

  override async isGiven({ subject, purpose, digest }: MarketingQuestion): Promise<boolean> {
    const values = [subject, purpose, digest];
    const [row] = await this.#database.query<{ isGiven: boolean }>(askPermission, values);
    return row?.isGiven === true;
  }
}
