import { DomainError } from '@entrepot/kernel';
import type { AccountId, SessionId, StaffId, SubjectId } from '@entrepot/kernel';
import { isRefusedByFence } from '@entrepot/platform-crypto';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { SessionStore } from '../application/session-store.ts';
import type { NewSession, Rotation, SessionEnd } from '../application/session-store.ts';
import type { LiveSession } from '../domain/session.ts';

const insertSession = statement(
  'identity.insert_session',
  `INSERT INTO identity.session (session_id, subject_id, holder_kind, holder_id, handle_hash,
     family_hash, refresh_hash, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
);
const findLive = statement(
  'identity.find_live_session',
  `SELECT s.session_id AS "id", s.subject_id AS "subject", s.holder_kind AS "holderKind",
     s.holder_id AS "holderId", p.is_restricted AS "isRestricted",
     CASE WHEN f.staff_id IS NULL THEN '{}'
       ELSE ARRAY(SELECT r.role FROM identity.staff_role r WHERE r.staff_id = f.staff_id ORDER BY 1)
     END AS "roles"
   FROM identity.session s
   JOIN privacy.active_subject p USING (subject_id)
   LEFT JOIN identity.staff f ON f.staff_id = s.holder_id
   WHERE s.handle_hash = $1 AND s.ended_at IS NULL AND s.expires_at > now()
     AND f.disabled_at IS NULL`,
);
const rotateSession = statement(
  'identity.rotate_session',
  `UPDATE identity.session
   SET refresh_hash = $3, refresh_generation = refresh_generation + 1, expires_at = $5
   WHERE family_hash = $1 AND refresh_hash = $2 AND holder_kind = $4
     AND ended_at IS NULL AND expires_at > now()`,
);
const endReused = statement(
  'identity.end_reused_session',
  `UPDATE identity.session SET ended_at = now(), end_reason = 'refresh-reused'
   WHERE family_hash = $1 AND refresh_hash <> $2 AND holder_kind = $3 AND ended_at IS NULL`,
);
const isFreshSession = statement(
  'identity.is_fresh_session',
  `SELECT 1 FROM identity.session
   WHERE session_id = $1 AND started_at > now() - make_interval(secs => $2)`,
);
const endSessionsOfSubject = statement(
  'identity.end_sessions_of_subject',
  `UPDATE identity.session SET ended_at = now(), end_reason = $2
   WHERE subject_id = $1 AND ended_at IS NULL`,
);
const endSession = statement(
  'identity.end_session',
  `UPDATE identity.session SET ended_at = now(), end_reason = $2
   WHERE session_id = $1 AND ended_at IS NULL`,
);

interface SessionRow {
  readonly id: SessionId;
  readonly subject: SubjectId;
  readonly holderKind: 'shopper' | 'staff';
  readonly holderId: string;
  readonly roles: readonly string[];
  readonly isRestricted: boolean;
}

@Injectable()
export class PgSessionStore extends SessionStore {
  constructor(private readonly database: ShopDatabase) {
    super();
  }

  override async insert({ id, subject, holder, hashes, expiresAt }: NewSession): Promise<void> {
    const { handle, family, refresh } = hashes;
    const values = [id, subject, holder.kind, holder.id, handle, family, refresh, expiresAt];
    try {
      await this.database.execute(insertSession, values);
    } catch (error) {
      if (!isRefusedByFence(error)) throw error;
      throw new DomainError('UNAUTHENTICATED', 'the subject was fenced', { cause: error });
    }
  }

  override async findLive(handleHash: Buffer): Promise<LiveSession | undefined> {
    const [row] = await this.database.query<SessionRow>(findLive, [handleHash]);
    if (row === undefined) return undefined;
    const { holderKind, holderId, ...session } = row;
    const holder =
      holderKind === 'staff'
        ? ({ kind: holderKind, id: holderId as StaffId } as const)
        : ({ kind: holderKind, id: holderId as AccountId } as const);
    return { ...session, holder };
  }

  override async rotate(rotation: Rotation): Promise<'rotated' | 'reused' | 'unknown'> {
    const { family, from, to, holderKind, expiresAt } = rotation;
    try {
      const values = [family, from, to, holderKind, expiresAt];
      if ((await this.database.execute(rotateSession, values)) === 1) return 'rotated';
    } catch (error) {
      if (isRefusedByFence(error)) return 'unknown';
      throw error;
    }
    const ended = await this.database.execute(endReused, [family, from, holderKind]);
    return ended === 1 ? 'reused' : 'unknown';
  }

  override async end(id: SessionId, reason: SessionEnd): Promise<void> {
    await this.database.execute(endSession, [id, reason]);
  }

  override async isFresh(id: SessionId, seconds: number): Promise<boolean> {
    return (await this.database.query(isFreshSession, [id, seconds])).length === 1;
  }

  override endAllOf(subject: SubjectId, reason: SessionEnd): Promise<number> {
    return this.database.execute(endSessionsOfSubject, [subject, reason]);
  }
}
