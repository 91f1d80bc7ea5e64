import { keySpecs } from './key-spec.ts';
import type { KeySpec } from './key-spec.ts';
import type { KeyState } from './key-states.ts';

/** The account of every emulated key: no real account has it, so nothing signed here can pass as real. */
export const emulatorAccountId = '000000000000';

/** One KMS key as it is kept, secret material included. Times are epoch milliseconds. */
export interface KeyRecord {
  readonly id: string;
  readonly arn: string;
  readonly spec: KeySpec;
  readonly description: string;
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly state: KeyState;
  /** Set while the key is pending deletion. */
  readonly deletionAt: number | undefined;
  readonly material: Buffer;
}

/** An alias points to one key; names start with `alias/`. */
export interface AliasRecord {
  readonly name: string;
  readonly keyId: string;
  readonly createdAt: number;
}

/** The `KeyMetadata` structure of DescribeKey and CreateKey; times are epoch seconds on the wire. */
export function metadataOf(key: KeyRecord): Record<string, unknown> {
  const spec = keySpecs[key.spec];
  return {
    AWSAccountId: emulatorAccountId,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.createdAt / 1000,
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: spec.usage,
    KeyState: key.state,
    ...(key.deletionAt === undefined ? {} : { DeletionDate: key.deletionAt / 1000 }),
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    KeySpec: key.spec,
    CustomerMasterKeySpec: key.spec,
    MultiRegion: false,
    ...spec.algorithms,
  };
}
