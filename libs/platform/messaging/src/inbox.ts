import { statement } from '@entrepot/platform-database';
import type { Database, Queryable, Transaction } from '@entrepot/platform-database';

/** What the inbox decides about one event of one key. */
export type Verdict = 'ACCEPTED' | 'DUPLICATE' | 'VERSION_INVERTED' | 'VERSION_GAP' | 'KEY_BLOCKED';

export interface InboxEntry {
  readonly consumer: string;
  readonly topic: string;
  readonly key: string;
  readonly version: number;
  readonly eventId: string;
  readonly isContiguous: boolean;
}

/** Where a record lies, and what is known of it; nothing that someone else wrote unverified. */
export interface DeadLetter {
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly code: string;
  readonly attempts: number;
  readonly event?:
    | {
        readonly id: string;
        readonly key: string;
        readonly version: number;
        readonly type: string;
      }
    | undefined;
  /** The record itself, only of a verified global event. */
  readonly envelope?: string | undefined;
}

const accept = statement(
  'messaging.accept',
  'SELECT messaging.accept($1, $2, $3, $4, $5, $6) AS verdict',
);
const acceptLate = statement(
  'messaging.accept_late',
  'INSERT INTO messaging.inbox (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
);
const park = statement(
  'messaging.park',
  `INSERT INTO messaging.dead_letter (consumer, topic, partition, record_offset, code, attempts,
     event_id, record_key, aggregate_version, type, envelope)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
   ON CONFLICT (consumer, topic, partition, record_offset) DO UPDATE
     SET code = excluded.code, attempts = dead_letter.attempts + excluded.attempts,
       state = 'parked', changed_at = now()
     WHERE dead_letter.state IN ('parked', 'redrive')`,
);

export async function parkRecord(database: Queryable, letter: DeadLetter): Promise<void> {
  const { consumer, topic, partition, offset, code, attempts, event, envelope } = letter;
  await database.execute(park, [
    consumer,
    topic,
    partition,
    offset,
    code,
    attempts,
    event?.id,
    event?.key,
    event?.version,
    event?.type,
    envelope,
  ]);
}

/** Makes every event take effect once, and the events of a key in the order of their versions. */
export class Inbox {
  constructor(private readonly database: Database) {}

  /**
   * Runs `effect` in the transaction that takes the event in. A refused event is parked in the same
   * transaction that refused it, while the key is still locked; a duplicate is passed over.
   */
  take(
    entry: InboxEntry,
    effect: (tx: Transaction) => Promise<void>,
    letterOf: (verdict: Verdict) => DeadLetter,
  ): Promise<Verdict> {
    return this.database.unitOfWork(async (tx) => {
      const verdict = await this.accept(tx, entry);
      if (verdict === 'ACCEPTED') await effect(tx);
      else if (verdict !== 'DUPLICATE') await parkRecord(tx, letterOf(verdict));
      return verdict;
    });
  }

  /** Someone decided that an event may take effect although later ones of its key already have. */
  takeLate(
    entry: Pick<InboxEntry, 'consumer' | 'eventId'>,
    effect: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    return this.database.unitOfWork(async (tx) => {
      const isNew = (await tx.execute(acceptLate, [entry.consumer, entry.eventId])) === 1;
      if (isNew) await effect(tx);
    });
  }

  private async accept(tx: Transaction, entry: InboxEntry): Promise<Verdict> {
    const { consumer, topic, key, version, eventId, isContiguous } = entry;
    const values = [consumer, topic, key, version, eventId, isContiguous];
    const [row] = await tx.query<{ readonly verdict: Verdict }>(accept, values);
    if (row === undefined) throw new TypeError('messaging.accept gave no verdict');
    return row.verdict;
  }
}
