import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import type { MailKind } from '../mailer.ts';
import { SentMail } from '../sent-mail.ts';

const find = statement(
  'mail.was_sent',
  'SELECT EXISTS (SELECT FROM mail.sent WHERE reference = $1) AS "wasSent"',
);
const insert = statement(
  'mail.note_sent',
  'INSERT INTO mail.sent (reference, kind) VALUES ($1, $2) ON CONFLICT DO NOTHING',
);

@Injectable()
export class PgSentMail extends SentMail {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async has(reference: string): Promise<boolean> {
    const [row] = await this.database.query<{ wasSent: boolean }>(find, [reference]);
    return row?.wasSent === true;
  }

  override async note(reference: string, kind: MailKind): Promise<void> {
    await this.database.execute(insert, [reference, kind]);
  }
}
