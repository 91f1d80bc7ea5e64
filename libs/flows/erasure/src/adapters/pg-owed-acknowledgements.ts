import type { ErasureRequestId } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { acknowledgementSuffix } from '../application/acknowledgement-letter.ts';
import { OwedAcknowledgements } from '../application/owed-acknowledgements.ts';
import type { OwedAcknowledgement } from '../application/owed-acknowledgements.ts';
import { acknowledgeStep } from '../application/send-owed-acknowledgements.ts';

/** Whoever was offered a copy has an address, and is written to in the same breath. */
const owed = `privacy.erasure_request r
   JOIN privacy.erasure_event e ON e.request_id = r.request_id AND e.action = 'offer-copy'
     AND e.detail = 'COPY_OFFERED'
   WHERE r.closed_at IS NULL AND r.fenced_at IS NULL
     AND NOT EXISTS (SELECT FROM mail.sent s WHERE s.reference = r.request_id || '${acknowledgementSuffix}')`;

const owedAfter = statement(
  'erasure.owed_acknowledgements',
  `SELECT r.request_id AS "id", r.subject_id AS "subject", r.due_at AS "dueAt", e.at AS "since"
   FROM ${owed} AND r.request_id > coalesce($1, '')
     AND NOT EXISTS (SELECT FROM privacy.erasure_step t
       WHERE t.request_id = r.request_id AND t.step = '${acknowledgeStep}')
   ORDER BY r.request_id LIMIT $2`,
);
const oldestOwed = statement(
  'erasure.oldest_owed_acknowledgement',
  `SELECT coalesce(max(extract(epoch FROM now() - e.at)), 0)::float AS "seconds" FROM ${owed}`,
);

@Injectable()
export class PgOwedAcknowledgements extends OwedAcknowledgements {
  readonly #database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.#database = database;
  }

  override after(
    id: ErasureRequestId | undefined,
    limit: number,
  ): Promise<readonly OwedAcknowledgement[]> {
    return this.#database.query<OwedAcknowledgement>(owedAfter, [id ?? null, limit]);
  }

  override async oldestSeconds(): Promise<number> {
    const [row] = await this.#database.query<{ seconds: number }>(oldestOwed);
    return row?.seconds ?? 0;
  }
}
