import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { RequestTraces } from '../application/request-traces.ts';

const insertTrace = statement(
  'privacy.insert_request_trace',
  `INSERT INTO privacy.request_trace (request_id, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
);
const findTrace = statement(
  'privacy.find_request_trace',
  'SELECT sealed FROM privacy.request_trace WHERE request_id = $1',
);
const deleteTrace = statement(
  'privacy.delete_request_trace',
  'DELETE FROM privacy.request_trace WHERE request_id = $1',
);

@Injectable()
export class PgRequestTraces extends RequestTraces {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async insert(requestId: string, sealed: Buffer): Promise<void> {
    await this.database.execute(insertTrace, [requestId, sealed]);
  }

  override async find(requestId: string): Promise<Buffer | undefined> {
    const [row] = await this.database.query<{ sealed: Buffer }>(findTrace, [requestId]);
    return row?.sealed;
  }

  override async delete(requestId: string): Promise<void> {
    await this.database.execute(deleteTrace, [requestId]);
  }
}
