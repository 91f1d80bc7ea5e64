import type { SessionId } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { SignIns } from '../application/sign-ins.ts';

const startOfSession = statement(
  'identity.start_of_session',
  `SELECT started_at AS "startedAt" FROM identity.session
   WHERE session_id = $1 AND ended_at IS NULL`,
);

@Injectable()
export class PgSignIns extends SignIns {
  readonly #database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.#database = database;
  }

  override async signedInAt(session: SessionId): Promise<Date | undefined> {
    const [row] = await this.#database.query<{ startedAt: Date }>(startOfSession, [session]);
    return row?.startedAt;
  }
}
