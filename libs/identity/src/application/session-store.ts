import type { SessionId, SubjectId } from '@entrepot/kernel';
import type { LiveSession, SessionHolder } from '../domain/session.ts';

/** SHA-256 hashes of the secrets a device holds. */
export interface SessionHashes {
  readonly handle: Buffer;
  readonly family: Buffer;
  readonly refresh: Buffer;
}

export interface NewSession {
  readonly id: SessionId;
  readonly subject: SubjectId;
  readonly holder: SessionHolder;
  readonly hashes: SessionHashes;
  readonly expiresAt: Date;
}

export type SessionEnd = 'signed-out' | 'refresh-reused' | 'erased' | 'disabled';

export interface Rotation {
  readonly family: Buffer;
  readonly from: Buffer;
  readonly to: Buffer;
  readonly holderKind: SessionHolder['kind'];
  readonly expiresAt: Date;
}

export abstract class SessionStore {
  /** Throws `DomainError('UNAUTHENTICATED')` when the subject was fenced. */
  abstract insert(session: NewSession): Promise<void>;
  /** Undefined when it ended, expired, or its subject was fenced: asked at every request. */
  abstract findLive(handleHash: Buffer): Promise<LiveSession | undefined>;
  /**
   * Puts the next refresh secret in the place of the presented one. An older secret of the family ends
   * the session.
   */
  abstract rotate(rotation: Rotation): Promise<'rotated' | 'reused' | 'unknown'>;
  abstract end(id: SessionId, reason: SessionEnd): Promise<void>;
  /** Whether it began by signing in at most so long ago; a refresh makes no session younger. */
  abstract isFresh(id: SessionId, seconds: number): Promise<boolean>;
  /** Answers how many were live. */
  abstract endAllOf(subject: SubjectId, reason: SessionEnd): Promise<number>;
}
