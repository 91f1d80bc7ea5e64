import { KmsError } from '../errors.ts';
import type { KmsErrorName } from '../errors.ts';
import type { OperationName } from '../operations/operation-names.ts';

export const keyStates = ['Enabled', 'Disabled', 'PendingDeletion'] as const;
export type KeyState = (typeof keyStates)[number];

type Verdict = 'ok' | Extract<KmsErrorName, 'DisabledException' | 'KMSInvalidStateException'>;
type Verdicts = Readonly<Record<KeyState, Verdict>>;

const verdicts = (enabled: Verdict, disabled: Verdict, pendingDeletion: Verdict): Verdicts => ({
  Enabled: enabled,
  Disabled: disabled,
  PendingDeletion: pendingDeletion,
});
const always = verdicts('ok', 'ok', 'ok');
const whileEnabled = verdicts('ok', 'DisabledException', 'KMSInvalidStateException');
const beforeDeletion = verdicts('ok', 'ok', 'KMSInvalidStateException');
const whilePending = verdicts('KMSInvalidStateException', 'KMSInvalidStateException', 'ok');

/** Operations that name no existing key, so no key state can refuse them. */
export type KeylessOperation =
  'CreateKey' | 'DeleteAlias' | 'GenerateRandom' | 'ListAliases' | 'ListKeys';
export type KeyOperation = Exclude<OperationName, KeylessOperation>;

/** What a key's state allows: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
export const stateTable: Readonly<Record<KeyOperation, Verdicts>> = {
  CancelKeyDeletion: whilePending,
  CreateAlias: beforeDeletion,
  Decrypt: whileEnabled,
  DescribeKey: always,
  DisableKey: beforeDeletion,
  EnableKey: beforeDeletion,
  Encrypt: whileEnabled,
  GenerateDataKey: whileEnabled,
  GenerateDataKeyWithoutPlaintext: whileEnabled,
  GenerateMac: whileEnabled,
  GetPublicKey: whileEnabled,
  ListResourceTags: always,
  ReEncrypt: whileEnabled,
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
    const state = key.state === 'PendingDeletion' ? 'pending deletion' : 'not pending deletion';
    throw new KmsError(verdict, `${key.arn} is ${state}.`);
  }
}
