import { KmsError } from '../errors.ts';
import type { KmsErrorName } from '../errors.ts';
import type { OperationName } from '../operations/operation-names.ts';

export const keyStates = ['Enabled', 'Disabled', 'PendingImport', 'PendingDeletion'] as const;
export type KeyState = (typeof keyStates)[number];

type Verdict = 'ok' | Extract<KmsErrorName, 'DisabledException' | 'KMSInvalidStateException'>;
type Verdicts = Readonly<Record<KeyState, Verdict>>;

const invalid = 'KMSInvalidStateException';
const always: Verdicts = {
  Enabled: 'ok',
  Disabled: 'ok',
  PendingImport: 'ok',
  PendingDeletion: 'ok',
};
const whileEnabled: Verdicts = {
  Enabled: 'ok',
  Disabled: 'DisabledException',
  PendingImport: invalid,
  PendingDeletion: invalid,
};
const beforeDeletion: Verdicts = { ...always, PendingDeletion: invalid };
const withMaterial: Verdicts = { ...beforeDeletion, PendingImport: invalid };
const whilePending: Verdicts = {
  Enabled: invalid,
  Disabled: invalid,
  PendingImport: invalid,
  PendingDeletion: 'ok',
};

/** Operations that name no existing key, so no key state can refuse them. */
export type KeylessOperation =
  | 'CreateKey'
  | 'DeleteAlias'
  | 'GenerateRandom'
  | 'ListAliases'
  | 'ListKeys'
  | 'ListRetirableGrants';
export type KeyOperation = Exclude<OperationName, KeylessOperation>;

/**
 * What a key's state allows: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 * That page and the API reference differ on DeleteImportedKeyMaterial while PendingDeletion; this
 * follows the reference, by which the bytes go and the state stays:
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteImportedKeyMaterial.html
 */
export const stateTable: Readonly<Record<KeyOperation, Verdicts>> = {
  CancelKeyDeletion: whilePending,
  CreateAlias: beforeDeletion,
  CreateGrant: whileEnabled,
  Decrypt: whileEnabled,
  DeleteImportedKeyMaterial: always,
  DescribeKey: always,
  DisableKey: withMaterial,
  EnableKey: withMaterial,
  Encrypt: whileEnabled,
  GenerateDataKey: whileEnabled,
  GenerateDataKeyWithoutPlaintext: whileEnabled,
  GenerateMac: whileEnabled,
  GetParametersForImport: beforeDeletion,
  GetPublicKey: whileEnabled,
  ImportKeyMaterial: beforeDeletion,
  ListGrants: always,
  ListResourceTags: always,
  ReEncrypt: whileEnabled,
  RetireGrant: always,
  RevokeGrant: always,
  ScheduleKeyDeletion: beforeDeletion,
  Sign: whileEnabled,
  TagResource: beforeDeletion,
  UntagResource: beforeDeletion,
  UpdateAlias: beforeDeletion,
  Verify: whileEnabled,
  VerifyMac: whileEnabled,
};

/** Throws what AWS answers when the operation is not possible in this state. */
export function assertStateAllows(
  operation: KeyOperation,
  key: { readonly arn: string; readonly state: KeyState },
): void {
  const verdict = stateTable[operation][key.state];
  if (verdict === 'DisabledException') throw new KmsError(verdict, `${key.arn} is disabled.`);
  if (verdict === 'KMSInvalidStateException') {
    throw new KmsError(verdict, `${key.arn} is ${obstacle(operation, key.state)}.`);
  }
}

function obstacle(operation: KeyOperation, state: KeyState): string {
  if (operation === 'CancelKeyDeletion') return 'not pending deletion';
  return state === 'PendingImport' ? 'pending import' : 'pending deletion';
}
