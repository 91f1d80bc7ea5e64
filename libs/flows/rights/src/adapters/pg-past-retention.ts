import { statement } from '@entrepot/platform-database';
import type { ShopDatabase, Statement } from '@entrepot/platform-database';
import { PastRetention } from '../application/sweep-retention.ts';
import type { RetentionName } from '../domain/retention-schedule.ts';

interface PastRows {
  readonly table: string;
  readonly key: string;
  /** Of the row `o`; $1 is the cutoff. */
  readonly isPast: string;
}

const pastRows: Readonly<Record<RetentionName, PastRows>> = {
  ended_sessions: {
    ...{ table: 'identity.session', key: 'session_id' },
    isPast: 'least(o.ended_at, o.expires_at) < $1',
  },
  guest_carts: {
    ...{ table: 'carts.cart', key: 'cart_id' },
    isPast: `o.owner_kind = 'guest' AND o.status IN ('open', 'merged') AND o.changed_at < $1`,
  },
  forgotten_carts: {
    ...{ table: 'carts.cart', key: 'cart_id' },
    isPast: `o.owner_kind = 'shopper' AND o.status = 'open' AND o.changed_at < $1`,
  },
  request_keys: {
    ...{ table: 'idempotency.request', key: 'claim_digest' },
    isPast: 'o.created_at < $1',
  },
  answered_requests: {
    ...{ table: 'rights.request', key: 'request_id' },
    isPast: 'o.answered_at < $1',
  },
  superseded_consents: {
    ...{ table: 'consents.entry', key: 'subject_id, purpose, seq' },
    isPast: `EXISTS (SELECT FROM consents.entry newer WHERE newer.subject_id = o.subject_id
      AND newer.purpose = o.purpose AND newer.seq = o.seq + 1 AND newer.decided_at < $1)`,
  },
  access_log: {
    ...{ table: 'privacy.access_log', key: 'entry_id' },
    // the trigger refuses younger entries whatever the cutoff
    isPast: `o.at < least($1, now() - interval '365 days')`,
  },
  ended_relocations: {
    ...{ table: 'relocation.departure', key: 'relocation_id' },
    // the receipt of the new home is taken for seven days after the packet
    isPast: `o.expires_at + interval '168 hours' < $1`,
  },
  used_packets: {
    ...{ table: 'relocation.arrival', key: 'packet_id' },
    isPast: 'o.expires_at < $1',
  },
};

const countOf = (name: RetentionName, { table, isPast }: PastRows): Statement =>
  statement(
    `rights.count_${name}`,
    `SELECT count(*)::int AS "rows" FROM ${table} o WHERE ${isPast}`,
  );
const deletionOf = (name: RetentionName, { table, key, isPast }: PastRows): Statement =>
  statement(
    `rights.sweep_${name}`,
    `DELETE FROM ${table} WHERE (${key}) IN (
       SELECT ${key} FROM ${table} o WHERE ${isPast} LIMIT $2)`,
  );

/** Reads and deletes with the rights of the worker. */
export class PgPastRetention extends PastRetention {
  readonly #shop: ShopDatabase;

  constructor(shop: ShopDatabase) {
    super();
    this.#shop = shop;
  }

  override async count(name: RetentionName, cutoff: Date): Promise<number> {
    const [row] = await this.#shop.query<{ rows: number }>(countOf(name, pastRows[name]), [cutoff]);
    return row?.rows ?? 0;
  }

  override delete(name: RetentionName, cutoff: Date, limit: number): Promise<number> {
    return this.#shop.execute(deletionOf(name, pastRows[name]), [cutoff, limit]);
  }
}
