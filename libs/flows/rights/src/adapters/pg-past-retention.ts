import { statement } from '@entrepot/platform-database';
import type { ShopDatabase, Statement } from '@entrepot/platform-database';
import { PastRetention } from '../application/sweep-retention.ts';
import type { RetentionName } from '../domain/retention-schedule.ts';

interface PastRows {
  readonly table: string;
  readonly key: string;
  /** Of the row `o`; $1 is the cutoff. */
  readonly isPast: string;
  /** What an update sets where the row stays. */
  readonly sets?: string;
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
  provider_references: {
    ...{ table: 'payments.payment', key: 'payment_id' },
    // the trigger refuses younger payments whatever the cutoff
    isPast: `o.provider_reference IS NOT NULL AND NOT o.has_late_news
      AND o.state IN ('captured', 'voided', 'declined')
      AND o.changed_at < least($1, now() - interval '540 days')`,
    // a new version, so that whoever read the payment before does not write the reference back
    sets: 'provider_reference = NULL, version = version + 1',
  },
  provider_events: {
    ...{ table: 'payments.provider_event', key: 'provider, event_id' },
    isPast: 'o.received_at < $1',
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
const endOf = (name: RetentionName, { table, key, isPast, sets }: PastRows): Statement =>
  statement(
    `rights.sweep_${name}`,
    `${sets === undefined ? `DELETE FROM ${table}` : `UPDATE ${table} SET ${sets}`}
     WHERE (${key}) IN (SELECT ${key} FROM ${table} o WHERE ${isPast} LIMIT $2)`,
  );

/** Reads and ends with the rights of the worker. */
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

  override end(name: RetentionName, cutoff: Date, limit: number): Promise<number> {
    return this.#shop.execute(endOf(name, pastRows[name]), [cutoff, limit]);
  }
}
