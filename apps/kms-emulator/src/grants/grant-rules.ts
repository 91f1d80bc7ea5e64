import type { EncryptionContext } from '../encryption-context.ts';
import type { KeyUsage } from '../keys/key-spec.ts';
import type { GrantConstraints, GrantOperation, GrantRecord } from './grant-record.ts';

type GrantTerms = Pick<GrantRecord, 'operations' | 'constraints'>;

const onAnyKey: readonly GrantOperation[] = ['CreateGrant', 'DescribeKey', 'RetireGrant'];

/** https://docs.aws.amazon.com/kms/latest/developerguide/grants.html#terms-grant-operations */
export const grantableOperations: Readonly<Record<KeyUsage, readonly GrantOperation[]>> = {
  ENCRYPT_DECRYPT: [
    ...onAnyKey,
    'Decrypt',
    'Encrypt',
    'GenerateDataKey',
    'GenerateDataKeyWithoutPlaintext',
    'ReEncryptFrom',
    'ReEncryptTo',
  ],
  GENERATE_VERIFY_MAC: [...onAnyKey, 'GenerateMac', 'VerifyMac'],
  SIGN_VERIFY: [...onAnyKey, 'GetPublicKey', 'Sign', 'Verify'],
};

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html */
export function meetsConstraints(
  context: EncryptionContext,
  { EncryptionContextEquals: equal, EncryptionContextSubset: subset }: GrantConstraints,
): boolean {
  const isEqual = equal === undefined || isSame(context, equal);
  return isEqual && (subset === undefined || includes(context, subset));
}

/**
 * Whether a grant made with the help of another allows no more than that one does.
 * https://docs.aws.amazon.com/kms/latest/developerguide/create-grant-overview.html#grant-creategrant
 */
export function isNoWider(made: GrantTerms, maker: GrantTerms): boolean {
  const { EncryptionContextEquals: equal, EncryptionContextSubset: subset } = maker.constraints;
  const { EncryptionContextEquals: ownEqual, EncryptionContextSubset: ownSubset } =
    made.constraints;
  const keepsOperations = made.operations.every((name) => maker.operations.includes(name));
  const keepsEqual = equal === undefined || (ownEqual !== undefined && isSame(ownEqual, equal));
  const keepsSubset = subset === undefined || includes({ ...ownSubset, ...ownEqual }, subset);
  return keepsOperations && keepsEqual && keepsSubset;
}

/** Two grants of one name with the same text are one grant, asked for twice. */
export function identityOf(grant: Omit<GrantRecord, 'id' | 'createdAt'>): string {
  const { EncryptionContextEquals: equal, EncryptionContextSubset: subset } = grant.constraints;
  return JSON.stringify([
    grant.keyId,
    grant.name ?? null,
    grant.grantee,
    grant.retiring ?? null,
    grant.operations.toSorted(),
    sortedPairs(equal),
    sortedPairs(subset),
  ]);
}

const sortedPairs = (context: EncryptionContext | undefined) =>
  context === undefined
    ? null
    : Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1));

const includes = (whole: EncryptionContext, part: EncryptionContext): boolean =>
  Object.entries(part).every(
    ([name, value]) => Object.hasOwn(whole, name) && whole[name] === value,
  );

const isSame = (one: EncryptionContext, other: EncryptionContext): boolean =>
  includes(one, other) && includes(other, one);
