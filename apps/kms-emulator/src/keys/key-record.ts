import { createHash } from 'node:crypto';
import { KmsError } from '../errors.ts';
import { keySpecs } from './key-spec.ts';
import type { KeySpec } from './key-spec.ts';
import type { KeyState } from './key-states.ts';

/** The account of every emulated key: no real account has it, so nothing signed here can pass as real. */
export const emulatorAccountId = '000000000000';

/** Who made the bytes of a key: this service, or someone who imports them. */
export type KeyOrigin = 'AWS_KMS' | 'EXTERNAL';

/** One KMS key as it is kept, secret material included. Times are epoch milliseconds. */
export interface KeyRecord {
  readonly id: string;
  readonly arn: string;
  readonly spec: KeySpec;
  readonly origin: KeyOrigin;
  readonly description: string;
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly state: KeyState;
  /** Set while the key is pending deletion. */
  readonly deletionAt: number | undefined;
  /** Undefined while bytes that are to be imported are not there. */
  readonly material: Buffer | undefined;
  /** Of the bytes that were imported first; stays when they are deleted. */
  readonly materialId: string | undefined;
  /** When imported bytes go; undefined when they stay. */
  readonly materialValidTo: number | undefined;
}

/** An alias points to one key; names start with `alias/`. */
export interface AliasRecord {
  readonly name: string;
  readonly keyId: string;
  readonly createdAt: number;
}

/** The bytes of a key; throws what AWS answers when they are still to be imported. */
export function materialOf(key: KeyRecord): Buffer {
  if (key.material !== undefined) return key.material;
  throw new KmsError('KMSInvalidStateException', `${key.arn} is pending import.`);
}

/** The digest by which the same bytes are known again: of the key's id and of them, as at AWS. */
export function materialIdOf(keyId: string, material: Buffer): string {
  return createHash('sha256').update(keyId).update(material).digest('hex');
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
    ...(key.state === 'PendingDeletion' && key.deletionAt !== undefined
      ? { DeletionDate: key.deletionAt / 1000 }
      : {}),
    Origin: key.origin,
    ...expirationOf(key),
    KeyManager: 'CUSTOMER',
    KeySpec: key.spec,
    CustomerMasterKeySpec: key.spec,
    MultiRegion: false,
    ...spec.algorithms,
  };
}

function expirationOf(key: KeyRecord): Record<string, unknown> {
  if (key.origin !== 'EXTERNAL' || key.material === undefined) return {};
  return key.materialValidTo === undefined
    ? { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
    : { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: key.materialValidTo / 1000 };
}
