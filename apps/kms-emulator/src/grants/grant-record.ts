import type { EncryptionContext } from '../encryption-context.ts';

/** What a grant can permit, of the operations that the emulator answers. */
export const grantOperations = [
  'CreateGrant',
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GetPublicKey',
  'ReEncryptFrom',
  'ReEncryptTo',
  'RetireGrant',
  'Sign',
  'Verify',
  'VerifyMac',
] as const;
export type GrantOperation = (typeof grantOperations)[number];

/** What the encryption context of a call must be, or at least hold. */
export interface GrantConstraints {
  readonly EncryptionContextEquals?: EncryptionContext | undefined;
  readonly EncryptionContextSubset?: EncryptionContext | undefined;
}

/** A permission on one key for one principal, beside that principal's policy. */
export interface GrantRecord {
  /** 64 hexadecimal characters. */
  readonly id: string;
  readonly keyId: string;
  readonly name: string | undefined;
  /** ARN of who may use the key. */
  readonly grantee: string;
  /** ARN of who may take the grant away, beside those whose policy lets them. */
  readonly retiring: string | undefined;
  readonly operations: readonly GrantOperation[];
  readonly constraints: GrantConstraints;
  readonly createdAt: number;
}
