import type { EncryptionContext } from './encryption-context.ts';
import { KmsError } from './errors.ts';
import type { GrantOperation } from './grants/grant-record.ts';
import { meetsConstraints } from './grants/grant-rules.ts';
import type { KeyRecord } from './keys/key-record.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { OperationName } from './operations/operation-names.ts';
import { arnOf } from './principals.ts';
import type { Principal } from './principals.ts';

/** Who asks for what key. */
interface Asking {
  readonly ring: KeyRing;
  readonly principal: Principal;
  readonly key: KeyRecord;
}

/** Whether a grant of the key allows the operation, under this encryption context if it has one. */
export function hasGrant(
  { ring, principal, key }: Asking,
  operation: GrantOperation,
  context?: EncryptionContext,
): boolean {
  return ring
    .grantsOf(key.id)
    .some(
      (grant) =>
        grant.grantee === arnOf(principal) &&
        grant.operations.includes(operation) &&
        (context === undefined || meetsConstraints(context, grant.constraints)),
    );
}

export const accessDenied = (principal: Principal, operation: OperationName): KmsError =>
  new KmsError(
    'AccessDeniedException',
    `User: ${arnOf(principal)} is not authorized to perform: kms:${operation}`,
  );
