import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import type { Ciphertext, FieldCipher } from '@entrepot/platform-crypto';
import { isTombstone } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import type { Queryable, Transaction } from '@entrepot/platform-database';
import type { FingerprintConfig } from '@entrepot/platform-config';
import { canonicalJson, keyedDigest } from './fingerprint.ts';
import type { IdempotencyKey } from './idempotency-key.ts';

/** How long a key is remembered. */
export const retentionDays = 30;

export interface ClaimRequest {
  /** Whose key it is: an account, guest cart or staff id, or `anonymous`. */
  readonly principal: string;
  /** The person whom the request is about: the claim can be read, and lives, only as long as their key. */
  readonly subjectId: SubjectId | undefined;
  readonly method: string;
  /** Route template, `/v1/orders`. */
  readonly route: string;
  readonly key: IdempotencyKey;
  /** The parsed request; only its keyed digest is kept, and of a person's request that is sealed too. */
  readonly content: unknown;
  /** Id of what the request creates or changes; kept for good. */
  readonly resourceId: string;
}

/** A claim as it is stored. */
export interface SealedClaim {
  readonly digest: Buffer;
  readonly operation: string;
  readonly resourceId: string;
  /** Of a request that is about nobody. */
  readonly fingerprint?: Buffer;
  readonly about?: { readonly subjectId: SubjectId; readonly fingerprint: Ciphertext };
}

interface StoredClaim {
  readonly resourceId: string;
  readonly subjectId: SubjectId | null;
  readonly fingerprint: Buffer | null;
  readonly sealedFingerprint: Ciphertext | null;
}

/** Of two racing claims the second waits for the first, and fails where that commits. */
const insertClaim = statement(
  'idempotency.claim',
  `INSERT INTO idempotency.request
     (claim_digest, operation, resource_id, fingerprint, subject_id, sealed_fingerprint)
   VALUES ($1, $2, $3, $4, $5, $6)`,
);

/*
 * A write: a read would answer before the standby has what it read, and a failover could take back what
 * the client was told; the row's own new version cannot be acknowledged before the old one.
 */
const touchClaim = statement(
  'idempotency.touch',
  `UPDATE idempotency.request SET touches = touches + 1 WHERE claim_digest = $1
   RETURNING resource_id AS "resourceId", subject_id AS "subjectId", fingerprint,
     sealed_fingerprint AS "sealedFingerprint"`,
);

const deleteExpired = statement(
  'idempotency.delete_expired',
  `DELETE FROM idempotency.request WHERE claim_digest IN (
     SELECT claim_digest FROM idempotency.request
     WHERE created_at < now() - make_interval(days => $1)
     ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
);

const expiredRowsMax = 1_000;

/**
 * Remembers which requests were made, so that one key has one effect whatever is retried. Who may work on
 * what a request created, and whether it is done, is for that resource to say.
 */
export class IdempotencyRegister {
  private readonly config: FingerprintConfig | undefined;
  private readonly cipher: FieldCipher | undefined;

  /**
   * Without a key it drops claims but makes none, as in a worker, which takes no requests; without a
   * cipher it makes those that are about nobody.
   */
  constructor(config?: FingerprintConfig, cipher?: FieldCipher) {
    this.config = config;
    this.cipher = cipher;
  }

  /**
   * The resource of a request that was made before; undefined, and nothing is written, where the key is
   * new. Throws IDEMPOTENCY_KEY_REUSED where it was used with another content, and SUBJECT_ERASED where
   * nobody can say any more with which.
   */
  async find(
    database: Queryable,
    request: Omit<ClaimRequest, 'resourceId'>,
  ): Promise<string | undefined> {
    const { digest, fingerprint } = this.identify(request);
    const [stored] = await database.query<StoredClaim>(touchClaim, [digest]);
    if (stored === undefined) return undefined;
    if (fingerprint.equals(await this.open(digest, stored))) return stored.resourceId;
    throw new DomainError('IDEMPOTENCY_KEY_REUSED', 'the key was used with another request');
  }

  /** To be called before the transaction, since it may have to fetch a key. Throws SUBJECT_ERASED. */
  async seal(request: ClaimRequest): Promise<SealedClaim> {
    const { digest, operation, fingerprint } = this.identify(request);
    const { subjectId, resourceId } = request;
    if (subjectId === undefined) return { digest, operation, resourceId, fingerprint };
    const sealed = await given(this.cipher).encrypt(placeOf(digest, subjectId), {
      sealed_fingerprint: fingerprint.toString('base64url'),
    });
    const about = { subjectId, fingerprint: sealed.sealed_fingerprint };
    return { digest, operation, resourceId, about };
  }

  /**
   * Claims a request inside the transaction that writes its resource. A unique violation, and nothing of
   * the transaction is kept, where it was claimed meanwhile: `find` then has it.
   */
  async claim(
    tx: Transaction,
    { digest, operation, resourceId, ...of }: SealedClaim,
  ): Promise<void> {
    const about = [of.about?.subjectId ?? null, of.about?.fingerprint ?? null];
    await tx.execute(insertClaim, [
      digest,
      operation,
      resourceId,
      of.fingerprint ?? null,
      ...about,
    ]);
  }

  /** Drops at most a thousand keys that are past their retention; answers how many. */
  deleteExpired(database: Queryable): Promise<number> {
    return database.execute(deleteExpired, [retentionDays, expiredRowsMax]);
  }

  private async open(digest: Buffer, stored: StoredClaim): Promise<Buffer> {
    const { subjectId, fingerprint, sealedFingerprint } = stored;
    if (fingerprint !== null) return fingerprint;
    if (subjectId === null || sealedFingerprint === null) throw erased();
    const opened = await given(this.cipher).decrypt(placeOf(digest, subjectId), {
      sealed_fingerprint: sealedFingerprint,
    });
    if (isTombstone(opened)) throw erased();
    return Buffer.from(opened.sealed_fingerprint, 'base64url');
  }

  private identify(request: Omit<ClaimRequest, 'resourceId'>) {
    const operation = `${request.method} ${request.route}`;
    const claim = [request.principal, operation, request.key];
    return {
      operation,
      digest: this.digest('claim', claim),
      // with the client's key, which is not stored: contents cannot be tried one by one by who has ours
      fingerprint: this.digest('content', [...claim, canonicalJson(request.content)]),
    };
  }

  private digest(purpose: string, parts: readonly string[]): Buffer {
    return keyedDigest(given(this.config).key(), purpose, parts);
  }
}

function given<T>(part: T | undefined): T {
  if (part === undefined) throw new TypeError('this process makes no such claims');
  return part;
}

const placeOf = (digest: Buffer, subject: SubjectId) => ({
  table: 'idempotency.request',
  rowId: digest.toString('hex'),
  subject,
});

const erased = () => new DomainError('SUBJECT_ERASED', 'the request was made by nobody any more');
