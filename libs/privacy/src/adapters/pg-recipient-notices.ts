import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { RecipientNotices, RequestContacts } from '../application/recipient-notices.ts';
import type {
  NoticeProgress,
  NoticeProof,
  RecipientNotice,
} from '../application/recipient-notices.ts';

const insertNotice = statement(
  'privacy.insert_recipient_notice',
  `INSERT INTO privacy.recipient_notice (request_id, processor, attempt, reference, state, identities,
     sealed, prepared_at, due_at, tries, next_try_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
   ON CONFLICT (request_id, processor) DO NOTHING`,
);
const noticesOf = statement(
  'privacy.recipient_notices_of_request',
  `SELECT request_id AS "requestId", processor, attempt, reference, state, identities, sealed,
     prepared_at AS "preparedAt", due_at AS "dueAt", tries, next_try_at AS "nextTryAt",
     completed_at AS "completedAt", answer, signature, signer_digest AS "signerDigest"
   FROM privacy.recipient_notice WHERE request_id = $1 ORDER BY processor`,
);
const replaceNotice = statement(
  'privacy.replace_recipient_notice',
  `UPDATE privacy.recipient_notice SET attempt = $5, reference = $6, state = $7, sealed = $8, tries = $9,
     next_try_at = $10, completed_at = $11, answer = $12, signature = $13, signer_digest = $14
   WHERE request_id = $1 AND processor = $2 AND state = $3 AND tries = $4`,
);
const progressOf = statement(
  'privacy.recipient_progress_of_request',
  `SELECT processor, attempt, state, identities, tries, prepared_at AS "preparedAt", due_at AS "dueAt",
     completed_at AS "completedAt", encode(sha256(answer), 'hex') AS "answerDigest",
     signer_digest AS "signerDigest"
   FROM privacy.recipient_notice WHERE request_id = $1 ORDER BY processor`,
);
const voidNotices = statement(
  'privacy.void_recipient_notices',
  `UPDATE privacy.recipient_notice SET state = 'void', sealed = NULL
   WHERE request_id = $1 AND state NOT IN ('completed', 'void')`,
);
const oldestOverdue = statement(
  'privacy.oldest_overdue_notice',
  `SELECT coalesce(max(extract(epoch FROM now() - due_at)), 0)::float AS "seconds"
   FROM privacy.recipient_notice WHERE state NOT IN ('completed', 'void') AND due_at < now()`,
);
const insertContact = statement(
  'privacy.insert_request_contact',
  `INSERT INTO privacy.request_contact (request_id, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
);
const findContact = statement(
  'privacy.find_request_contact',
  'SELECT sealed FROM privacy.request_contact WHERE request_id = $1',
);
const deleteContact = statement(
  'privacy.delete_request_contact',
  'DELETE FROM privacy.request_contact WHERE request_id = $1',
);

type NoticeRow = Omit<RecipientNotice, 'sealed' | 'completedAt' | 'proof'> & {
  readonly sealed: Buffer | null;
  readonly completedAt: Date | null;
  readonly answer: Buffer | null;
  readonly signature: Buffer | null;
  readonly signerDigest: string | null;
};

type ProgressRow = Omit<NoticeProgress, 'completedAt' | 'proof'> & {
  readonly completedAt: Date | null;
  readonly answerDigest: string | null;
  readonly signerDigest: string | null;
};

@Injectable()
export class PgRecipientNotices extends RecipientNotices {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async insert(notice: RecipientNotice): Promise<void> {
    const { requestId, processor, attempt, reference, state, identities, sealed } = notice;
    await this.database.execute(insertNotice, [
      ...[requestId, processor, attempt, reference, state, identities, sealed ?? null],
      ...[notice.preparedAt, notice.dueAt, notice.tries, notice.nextTryAt],
    ]);
  }

  override async of(requestId: string): Promise<RecipientNotice[]> {
    return (await this.database.query<NoticeRow>(noticesOf, [requestId])).map(noticeOf);
  }

  override async replace(from: RecipientNotice, to: RecipientNotice): Promise<boolean> {
    const { attempt, reference, state, sealed, tries, nextTryAt, completedAt, proof } = to;
    const changed = await this.database.execute(replaceNotice, [
      ...[from.requestId, from.processor, from.state, from.tries],
      ...[attempt, reference, state, sealed ?? null, tries, nextTryAt, completedAt ?? null],
      ...[proof?.answer ?? null, proof?.signature ?? null, proof?.signerDigest ?? null],
    ]);
    return changed === 1;
  }

  override async progressOf(requestId: string): Promise<NoticeProgress[]> {
    const rows = await this.database.query<ProgressRow>(progressOf, [requestId]);
    return rows.map(({ answerDigest, signerDigest, completedAt, ...row }) => ({
      ...row,
      completedAt: completedAt ?? undefined,
      proof:
        answerDigest === null || signerDigest === null ? undefined : { answerDigest, signerDigest },
    }));
  }

  override async void(requestId: string): Promise<void> {
    await this.database.execute(voidNotices, [requestId]);
  }

  override async oldestOverdueSeconds(): Promise<number> {
    const [row] = await this.database.query<{ seconds: number }>(oldestOverdue);
    return row?.seconds ?? 0;
  }
}

@Injectable()
export class PgRequestContacts extends RequestContacts {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async insert(requestId: string, sealed: Buffer): Promise<void> {
    await this.database.execute(insertContact, [requestId, sealed]);
  }

  override async find(requestId: string): Promise<Buffer | undefined> {
    const [row] = await this.database.query<{ sealed: Buffer }>(findContact, [requestId]);
    return row?.sealed;
  }

  override async delete(requestId: string): Promise<void> {
    await this.database.execute(deleteContact, [requestId]);
  }
}

function noticeOf(row: NoticeRow): RecipientNotice {
  const { sealed, completedAt, answer, signature, signerDigest, ...notice } = row;
  return {
    ...notice,
    sealed: sealed ?? undefined,
    completedAt: completedAt ?? undefined,
    proof: proofOf(answer, signature, signerDigest),
  };
}

function proofOf(
  answer: Buffer | null,
  signature: Buffer | null,
  signerDigest: string | null,
): NoticeProof | undefined {
  const isWhole = answer !== null && signature !== null && signerDigest !== null;
  return isWhole ? { answer, signature, signerDigest } : undefined;
}
