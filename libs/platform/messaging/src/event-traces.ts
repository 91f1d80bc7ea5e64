import { statement } from '@entrepot/platform-database';
import type { Queryable } from '@entrepot/platform-database';

const countInOutbox = statement(
  'messaging.outbox_naming',
  `SELECT count(*)::int AS "count" FROM messaging.outbox
   WHERE position($1 in record_key) > 0 OR position($1 in payload::text) > 0`,
);
const countLetters = statement(
  'messaging.dead_letters_naming',
  `SELECT count(*)::int AS "count" FROM messaging.dead_letter
   WHERE position($1 in coalesce(record_key, '')) > 0 OR position($1 in coalesce(envelope, '')) > 0`,
);
const dropLetters = statement(
  'messaging.drop_dead_letters_naming',
  `UPDATE messaging.dead_letter SET state = 'discarded', record_key = NULL, envelope = NULL, changed_at = now()
   WHERE position($1 in coalesce(record_key, '')) > 0 OR position($1 in coalesce(envelope, '')) > 0`,
);

/** Events and dead letters in which a text stands, such as a reference of somebody who is to be forgotten. */
export class EventTraces {
  constructor(private readonly database: Queryable) {}

  /** Events of the outbox, which are deleted by age. */
  inOutbox(text: string): Promise<number> {
    return this.count(countInOutbox, text);
  }

  inDeadLetters(text: string): Promise<number> {
    return this.count(countLetters, text);
  }

  /** Discards dead letters and empties what they repeat; nothing redrives them any more. */
  dropDeadLetters(text: string): Promise<number> {
    return this.database.execute(dropLetters, [text]);
  }

  private async count(how: typeof countLetters, text: string): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(how, [text]);
    return row?.count ?? 0;
  }
}
