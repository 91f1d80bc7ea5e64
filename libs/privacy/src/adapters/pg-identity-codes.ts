import type { ErasureRequestId } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { IdentityCodes } from '../application/identity-codes.ts';
import type { NewIdentityCode } from '../application/identity-codes.ts';

const putCode = statement(
  'privacy.put_identity_code',
  `INSERT INTO privacy.identity_code (request_id, code_hash, expires_at, tries_left)
   VALUES ($1, $2, now() + make_interval(secs => $3), $4)`,
);
const takeCode = statement(
  'privacy.take_identity_code',
  `UPDATE privacy.identity_code c SET tries_left = c.tries_left - 1
   FROM privacy.erasure_request r
   WHERE c.request_id = $1 AND c.tries_left > 0 AND c.expires_at > now()
     AND r.request_id = c.request_id AND r.status = 'identity_pending'
   RETURNING c.code_hash AS "hash"`,
);
const removeCode = statement(
  'privacy.remove_identity_code',
  'DELETE FROM privacy.identity_code WHERE request_id = $1',
);

@Injectable()
export class PgIdentityCodes extends IdentityCodes {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async put(code: NewIdentityCode): Promise<void> {
    const { request, hash, lifetimeSeconds, triesMax } = code;
    await this.database.execute(putCode, [request, hash, lifetimeSeconds, triesMax]);
  }

  override async take(request: ErasureRequestId): Promise<Buffer | undefined> {
    const [row] = await this.database.query<{ hash: Buffer }>(takeCode, [request]);
    return row?.hash;
  }

  override async remove(request: ErasureRequestId): Promise<void> {
    await this.database.execute(removeCode, [request]);
  }
}
