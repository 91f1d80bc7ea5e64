import { DomainError } from '@entrepot/kernel';
import type { ErasureRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import { isUniqueViolation, statement } from '@entrepot/platform-database';
import type { ShopDatabase, Transaction } from '@entrepot/platform-database';
import { SignedApprovals } from '../application/signed-approvals.ts';
import type { ApprovalRole, SignedApproval } from '../application/signed-approvals.ts';
import type { ErasureRequest } from '../domain/erasure-request.ts';

const insertApproval = statement(
  'privacy.insert_erasure_approval',
  `INSERT INTO privacy.erasure_approval (request_id, version, role, staff_id, person, plan_digest,
     credential_id, public_key, authenticator_data, client_data, signature, assertion_digest, signed_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
);
const approvalsOfRequest = statement(
  'privacy.erasure_approvals_of_request',
  `SELECT role, staff_id AS "staffId", person, plan_digest AS "planDigest",
     credential_id AS "credentialId", public_key AS "publicKey",
     authenticator_data AS "authenticatorData", client_data AS "clientDataJson", signature,
     assertion_digest AS "assertionDigest", signed_at AS "at"
   FROM privacy.erasure_approval WHERE request_id = $1 ORDER BY version`,
);

interface ApprovalRow {
  readonly role: ApprovalRole;
  readonly staffId: StaffId;
  readonly person: SubjectId;
  readonly planDigest: string;
  readonly credentialId: string;
  readonly publicKey: Buffer;
  readonly authenticatorData: Buffer;
  readonly clientDataJson: Buffer;
  readonly signature: Buffer;
  readonly assertionDigest: string;
  readonly at: Date;
}

/** Raised by the trigger that takes signatures. */
const tooCloseState = 'PR004';

/**
 * Puts a signature beside the request that it is of, in the transaction that changes the request. Throws
 * ASSERTION_REPLAYED and APPROVER_TOO_CLOSE.
 */
export async function insertSignature(
  tx: Transaction,
  { id, version }: ErasureRequest,
  { signed, ...approval }: SignedApproval,
): Promise<void> {
  const values = [
    ...[id, version, approval.role, approval.staffId, approval.person, approval.planDigest],
    ...[signed.credentialId, approval.publicKey, signed.authenticatorData, signed.clientDataJson],
    ...[signed.signature, approval.assertionDigest, approval.at],
  ];
  try {
    await tx.execute(insertApproval, values);
  } catch (error) {
    throw refusalOf(error);
  }
}

function refusalOf(error: unknown): unknown {
  if (isUniqueViolation(error, 'erasure_approval_assertion_digest_key')) {
    return new DomainError('ASSERTION_REPLAYED', 'the assertion was given before', {
      cause: error,
    });
  }
  const isTooClose = error instanceof Error && 'code' in error && error.code === tooCloseState;
  if (!isTooClose) return error;
  return new DomainError('APPROVER_TOO_CLOSE', 'the officers are too close', { cause: error });
}

/** The signatures, read with a login that may be one that only reads. */
export class PgSignedApprovals extends SignedApprovals {
  readonly #database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.#database = database;
  }

  override async of(request: ErasureRequestId): Promise<SignedApproval[]> {
    const rows = await this.#database.query<ApprovalRow>(approvalsOfRequest, [request]);
    return rows.map(
      ({ credentialId, authenticatorData, clientDataJson, signature, ...approval }) => ({
        ...approval,
        signed: { credentialId, authenticatorData, clientDataJson, signature },
      }),
    );
  }
}
