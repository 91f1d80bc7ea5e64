import { statement } from '@entrepot/platform-database';
import type { Queryable } from '@entrepot/platform-database';

export interface StoredDeadLetter {
  readonly id: bigint;
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly eventId: string | null;
  readonly key: string | null;
  readonly version: bigint | null;
  readonly type: string | null;
  readonly code: string;
  readonly attempts: number;
  readonly state: 'parked' | 'redrive' | 'resolved' | 'discarded';
  readonly parkedAt: Date;
}
/** A dead letter with the event it stands for, when that can still be found. */
export interface RedriveCandidate extends StoredDeadLetter {
  readonly envelope: string | null;
  readonly event: {
    readonly cell: string;
    readonly body: Readonly<Record<string, unknown>>;
    readonly v: number;
  } | null;
}

const columns = `letter.id, letter.consumer, letter.topic, letter.partition,
  letter.record_offset AS "offset", letter.event_id AS "eventId", letter.record_key AS key,
  letter.aggregate_version AS version, letter.type, letter.code, letter.attempts, letter.state,
  letter.parked_at AS "parkedAt"`;
const listLetters = statement(
  'messaging.list_dead_letters',
  `SELECT ${columns} FROM messaging.dead_letter letter
   WHERE ($1::text IS NULL OR consumer = $1) AND ($2 OR state IN ('parked', 'redrive'))
   ORDER BY id LIMIT $3`,
);
const findLetter = statement(
  'messaging.find_dead_letter',
  `SELECT ${columns} FROM messaging.dead_letter letter WHERE id = $1`,
);
const askState = statement(
  'messaging.ask_dead_letter_state',
  `UPDATE messaging.dead_letter SET state = $2, changed_at = now()
   WHERE id = $1 AND state IN ('parked', 'redrive')
     AND ($2 <> 'redrive' OR (event_id IS NOT NULL AND consumer NOT LIKE 'relay.%'))`,
);
// A letter that only waited for an earlier version of its key needs nobody's word: it goes on by itself
// once nothing older of the key is parked.
const readCandidates = statement(
  'messaging.read_redrive_candidates',
  `SELECT ${columns}, letter.envelope,
     CASE WHEN event.event_id IS NULL THEN NULL ELSE jsonb_build_object(
       'cell', (SELECT cell FROM cell.identity), 'v', event.version, 'body', event.payload)
     END AS event
   FROM messaging.dead_letter letter
     LEFT JOIN messaging.outbox event ON event.event_id = letter.event_id
     LEFT JOIN messaging.stream_position taken ON taken.consumer = letter.consumer
       AND taken.topic = letter.topic AND taken.record_key = letter.record_key
   WHERE letter.consumer = $1 AND (letter.state = 'redrive'
     OR (letter.state = 'parked' AND letter.code = 'VERSION_GAP'
       AND letter.aggregate_version = taken.version + 1)
     OR (letter.state = 'parked' AND letter.code = 'KEY_BLOCKED' AND NOT EXISTS (
       SELECT FROM messaging.dead_letter older
       WHERE older.consumer = letter.consumer AND older.topic = letter.topic
         AND older.record_key = letter.record_key AND older.state IN ('parked', 'redrive')
         AND older.code <> 'VERSION_INVERTED'
         AND older.aggregate_version < letter.aggregate_version)))
   ORDER BY letter.topic, letter.record_key, letter.aggregate_version LIMIT $2`,
);
const resolve = statement(
  'messaging.resolve_dead_letter',
  `UPDATE messaging.dead_letter SET state = 'resolved', changed_at = now()
   WHERE id = $1 AND EXISTS (SELECT FROM messaging.inbox
     WHERE inbox.consumer = dead_letter.consumer AND inbox.event_id = dead_letter.event_id)`,
);
const parkAgain = statement(
  'messaging.park_dead_letter_again',
  `UPDATE messaging.dead_letter SET state = 'parked', code = $2, changed_at = now()
   WHERE id = $1 AND state IN ('parked', 'redrive')`,
);

/** The parked records of one cell, as operators and the redrive see them. */
export class DeadLetterStore {
  constructor(private readonly database: Queryable) {}

  list(filter: {
    readonly consumer?: string | undefined;
    readonly includeClosed: boolean;
    readonly rowsMax: number;
  }): Promise<StoredDeadLetter[]> {
    const values = [filter.consumer ?? null, filter.includeClosed, filter.rowsMax];
    return this.database.query<StoredDeadLetter>(listLetters, values);
  }

  async find(id: bigint): Promise<StoredDeadLetter | undefined> {
    return (await this.database.query<StoredDeadLetter>(findLetter, [id]))[0];
  }

  /** False for a letter that is closed, or that stands for no event that could be taken in. */
  async askForRedrive(id: bigint): Promise<boolean> {
    return (await this.database.execute(askState, [id, 'redrive'])) === 1;
  }

  async discard(id: bigint): Promise<boolean> {
    return (await this.database.execute(askState, [id, 'discarded'])) === 1;
  }

  candidates(consumer: string, rowsMax: number): Promise<RedriveCandidate[]> {
    return this.database.query<RedriveCandidate>(readCandidates, [consumer, rowsMax]);
  }

  /** Closes the letter if its event has been taken in. */
  async resolveIfTaken(id: bigint): Promise<boolean> {
    return (await this.database.execute(resolve, [id])) === 1;
  }

  async parkAgain(id: bigint, code: string): Promise<void> {
    await this.database.execute(parkAgain, [id, code]);
  }
}
