import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Queryable, Transaction } from '@entrepot/platform-database';
import type { FingerprintConfig } from '@entrepot/platform-config';
import { canonicalJson, keyedDigest } from './fingerprint.ts';
import type { IdempotencyKey } from './idempotency-key.ts';

/** How long one attempt may work on a claim before another takes it over. */
export const leaseSeconds = 30;
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
  /** Id of what the request will create; kept from the first attempt on. */
  readonly resourceId: string;
}

/** The right to work on a request until the lease ends; `attempt` fences off whoever came before. */
export interface Claim {
  readonly digest: Buffer;
  readonly attempt: number;
  readonly resourceId: string;
}

export type ClaimOutcome =
  /** Nobody asked this before. */
  | { readonly kind: 'fresh'; readonly claim: Claim }
  /** An earlier attempt ended or died on the way: go on with its resource. */
  | { readonly kind: 'resume'; readonly claim: Claim }
  /** It was answered before: show the resource as it is now. */
  | { readonly kind: 'replay'; readonly resourceId: string }
  /** Another attempt works on it now. */
  | { readonly kind: 'in-flight' }
  /** The key was used with another content. */
  | { readonly kind: 'mismatch' };

interface ClaimRow {
  readonly status: 'claimed' | 'completed';
  readonly attempt: number;
  readonly previousAttempt: number | null;
  readonly resourceId: string;
  readonly isSameContent: boolean;
}

/*
 * One upsert, so that of two racing claims the second waits for the first and then sees it. It writes
 * on every path: a read would answer before the standby has what it read, and a failover could take
 * back what the client was told; the row's own new version cannot be acknowledged before the old one.
 */
const claimRequest = statement(
  'idempotency.claim',
  `INSERT INTO idempotency.request AS known
     (claim_digest, subject_id, operation, fingerprint, resource_id, lease_until)
   VALUES ($1, $2, $3, $4, $5, clock_timestamp() + make_interval(secs => $6))
   ON CONFLICT (claim_digest) DO UPDATE SET
     touches = known.touches + 1,
     attempt = known.attempt + CASE WHEN known.status = 'claimed'
       AND known.fingerprint = excluded.fingerprint
       AND known.lease_until <= clock_timestamp() THEN 1 ELSE 0 END,
     lease_until = CASE WHEN known.status = 'claimed'
       AND known.fingerprint = excluded.fingerprint
       AND known.lease_until <= clock_timestamp() THEN excluded.lease_until
       ELSE known.lease_until END
   RETURNING new.status, new.attempt, old.attempt AS "previousAttempt",
     new.resource_id AS "resourceId", new.fingerprint = $4 AS "isSameContent"`,
);

const claimKnownRequest = statement(
  'idempotency.claim_known',
  `UPDATE idempotency.request known SET
     touches = known.touches + 1,
     attempt = known.attempt + CASE WHEN known.status = 'claimed' AND known.fingerprint = $2
       AND known.lease_until <= clock_timestamp() THEN 1 ELSE 0 END,
     lease_until = CASE WHEN known.status = 'claimed' AND known.fingerprint = $2
       AND known.lease_until <= clock_timestamp()
       THEN clock_timestamp() + make_interval(secs => $3) ELSE known.lease_until END
   WHERE claim_digest = $1
   RETURNING new.status, new.attempt, old.attempt AS "previousAttempt",
     new.resource_id AS "resourceId", new.fingerprint = $2 AS "isSameContent"`,
);

const completeRequest = statement(
  'idempotency.complete',
  `UPDATE idempotency.request SET status = 'completed'
   WHERE claim_digest = $1 AND attempt = $2 AND status = 'claimed'`,
);

const moveLease = statement(
  'idempotency.move_lease',
  `UPDATE idempotency.request SET lease_until = clock_timestamp() + make_interval(secs => $3)
   WHERE claim_digest = $1 AND attempt = $2 AND status = 'claimed'`,
);

const deleteExpired = statement(
  'idempotency.delete_expired',
  `DELETE FROM idempotency.request WHERE claim_digest IN (
     SELECT claim_digest FROM idempotency.request
     WHERE created_at < now() - make_interval(days => $1)
     ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
);

const expiredRowsMax = 1_000;

/** Remembers which requests were made, so that one key has one effect whatever is retried. */
export class IdempotencyRegister {
  private readonly fingerprintKey: FingerprintConfig['key'] | undefined;

  /** Without a key it finishes and drops claims but makes none: a worker takes no requests. */
  constructor(config?: FingerprintConfig) {
    this.fingerprintKey = config?.key;
  }

  /** Claims a request inside the transaction that creates its resource. */
  async claim(tx: Transaction, request: ClaimRequest): Promise<ClaimOutcome> {
    const { operation, digest, fingerprint } = this.identify(request);
    const values = [
      digest,
      request.subjectId ?? null,
      operation,
      fingerprint,
      request.resourceId,
      leaseSeconds,
    ];
    const [row] = await tx.query<ClaimRow>(claimRequest, values);
    if (row === undefined) throw new Error('the claim returned no row');
    return outcomeOf(row, digest);
  }

  /**
   * As `claim`, for a request that may have been made before: what it needs is then not looked up
   * again. Undefined, and nothing is written, where the key is new. A statement of its own is enough:
   * the resource of a known claim is there already.
   */
  async claimKnown(
    database: Queryable,
    request: Omit<ClaimRequest, 'resourceId'>,
  ): Promise<ClaimOutcome | undefined> {
    const { digest, fingerprint } = this.identify(request);
    const values = [digest, fingerprint, leaseSeconds];
    const [row] = await database.query<ClaimRow>(claimKnownRequest, values);
    return row && outcomeOf(row, digest);
  }

  /** Marks the request as answered. Throws REQUEST_IN_FLIGHT where a later attempt has taken over. */
  async complete(tx: Transaction, claim: Claim): Promise<void> {
    requireOwn(await tx.execute(completeRequest, [claim.digest, claim.attempt]));
  }

  /** Goes on working beyond the lease; throws as `complete` does. */
  async renew(tx: Transaction, claim: Claim): Promise<void> {
    requireOwn(await tx.execute(moveLease, [claim.digest, claim.attempt, leaseSeconds]));
  }

  /** Ends the attempt without an answer, so that the next one need not wait for the lease to end. */
  async release(tx: Transaction, claim: Claim): Promise<void> {
    requireOwn(await tx.execute(moveLease, [claim.digest, claim.attempt, 0]));
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

function outcomeOf(row: ClaimRow, digest: Buffer): ClaimOutcome {
  const claim: Claim = { digest, attempt: row.attempt, resourceId: row.resourceId };
  if (row.previousAttempt === null) return { kind: 'fresh', claim };
  if (!row.isSameContent) return { kind: 'mismatch' };
  if (row.status === 'completed') return { kind: 'replay', resourceId: row.resourceId };
  return row.attempt > row.previousAttempt ? { kind: 'resume', claim } : { kind: 'in-flight' };
}

function requireOwn(rows: number): void {
  if (rows === 1) return;
  throw new DomainError('REQUEST_IN_FLIGHT', 'another attempt has taken this request over');
}

/** Throws for the outcomes with which a use case cannot go on; thrown, they roll the claim back. */
export function requireProgress(
  outcome: ClaimOutcome,
): Extract<ClaimOutcome, { kind: 'fresh' | 'resume' | 'replay' }> {
  if (outcome.kind === 'mismatch') {
    throw new DomainError('IDEMPOTENCY_KEY_REUSED', 'the key was used with another request');
  }
  if (outcome.kind === 'in-flight') {
    throw new DomainError('REQUEST_IN_FLIGHT', 'a request with this key is in progress');
  }
  return outcome;
}
