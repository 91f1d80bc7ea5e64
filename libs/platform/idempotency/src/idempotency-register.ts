import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
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
  /** The person whose erasure takes the claim along. */
  readonly subjectId: SubjectId | undefined;
  readonly method: string;
  /** Route template, `/v1/orders`. */
  readonly route: string;
  readonly key: IdempotencyKey;
  /** The parsed request; only its keyed digest is kept. */
  readonly content: unknown;
  /** Id of what the request creates or changes; kept for good. */
  readonly resourceId: string;
}

/** Of two racing claims the second waits for the first, and fails where that commits. */
const insertClaim = statement(
  'idempotency.claim',
  `INSERT INTO idempotency.request (claim_digest, subject_id, operation, fingerprint, resource_id)
   VALUES ($1, $2, $3, $4, $5)`,
);

/*
 * A write: a read would answer before the standby has what it read, and a failover could take back what
 * the client was told; the row's own new version cannot be acknowledged before the old one.
 */
const touchClaim = statement(
  'idempotency.touch',
  `UPDATE idempotency.request SET touches = touches + 1 WHERE claim_digest = $1
   RETURNING resource_id AS "resourceId", fingerprint = $2 AS "isSameContent"`,
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
  private readonly fingerprintKey: FingerprintConfig['key'] | undefined;

  /** Without a key it drops claims but makes none: a worker takes no requests. */
  constructor(config?: FingerprintConfig) {
    this.fingerprintKey = config?.key;
  }

  /**
   * The resource of a request that was made before; undefined, and nothing is written, where the key is
   * new. Throws IDEMPOTENCY_KEY_REUSED where it was used with another content.
   */
  async find(
    database: Queryable,
    request: Omit<ClaimRequest, 'resourceId'>,
  ): Promise<string | undefined> {
    const { digest, fingerprint } = this.identify(request);
    type Row = { readonly resourceId: string; readonly isSameContent: boolean };
    const [row] = await database.query<Row>(touchClaim, [digest, fingerprint]);
    if (row === undefined || row.isSameContent) return row?.resourceId;
    throw new DomainError('IDEMPOTENCY_KEY_REUSED', 'the key was used with another request');
  }

  /**
   * Claims a request inside the transaction that writes its resource. A unique violation, and nothing of
   * the transaction is kept, where it was claimed meanwhile: `find` then has it.
   */
  async claim(tx: Transaction, request: ClaimRequest): Promise<void> {
    const { operation, digest, fingerprint } = this.identify(request);
    const { subjectId, resourceId } = request;
    await tx.execute(insertClaim, [digest, subjectId ?? null, operation, fingerprint, resourceId]);
  }

  /** Drops at most a thousand keys that are past their retention; answers how many. */
  deleteExpired(database: Queryable): Promise<number> {
    return database.execute(deleteExpired, [retentionDays, expiredRowsMax]);
  }

  private identify(request: Omit<ClaimRequest, 'resourceId'>) {
    const operation = `${request.method} ${request.route}`;
    return {
      operation,
      digest: this.digest('claim', [request.principal, operation, request.key]),
      fingerprint: this.digest('content', [canonicalJson(request.content)]),
    };
  }

  private digest(purpose: string, parts: readonly string[]): Buffer {
    if (this.fingerprintKey === undefined) throw new TypeError('this process makes no claims');
    return keyedDigest(this.fingerprintKey(), purpose, parts);
  }
}
