import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { SuppressionList } from '../application/suppression-list.ts';

const addDigest = statement(
  'consents.suppress',
  'INSERT INTO consents.suppression (digest) VALUES ($1) ON CONFLICT DO NOTHING',
);
const removeDigest = statement(
  'consents.lift_suppression',
  'DELETE FROM consents.suppression WHERE digest = $1',
);
const hasDigest = statement(
  'consents.is_suppressed',
  'SELECT EXISTS (SELECT FROM consents.suppression WHERE digest = $1) AS "isThere"',
);

@Injectable()
export class PgSuppressionList extends SuppressionList {
  readonly #database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.#database = database;
  }

  override async add(digest: Buffer): Promise<void> {
    await this.#database.execute(addDigest, [digest]);
  }

  override async remove(digest: Buffer): Promise<void> {
    await this.#database.execute(removeDigest, [digest]);
  }

  override async has(digest: Buffer): Promise<boolean> {
    const [row] = await this.#database.query<{ isThere: boolean }>(hasDigest, [digest]);
    return row?.isThere === true;
  }
}
