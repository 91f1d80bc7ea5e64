import { DomainError } from '@entrepot/kernel';

export interface NewDataKey {
  /** 32 bytes; overwritten by whoever uses it last. */
  readonly plaintext: Buffer;
  readonly wrapped: Buffer;
}

/** What a wrapped key is bound to. Opaque ids only: KMS writes it into its log in the clear. */
export type KeyContext = Readonly<Record<string, string>>;

/** A key pair whose private half never leaves the KMS. */
export interface NewSigningKey {
  readonly keyArn: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
}

/** The key is scheduled for deletion or gone: nothing it wrapped can be opened, now or ever. */
export class KeyGoneError extends Error {
  override readonly name = 'KeyGoneError';
}

/** The login may not do this with any key: an outage to whoever needs the key. */
export class KeyRefusedError extends DomainError {
  constructor(cause: unknown) {
    super('UNAVAILABLE', 'KMS refuses this login', { cause });
  }
}

/**
 * What the privacy code asks of a KMS. Every call may throw `DomainError('UNAVAILABLE')`; those that use
 * a key may throw `KeyGoneError`.
 */
export abstract class KeyService {
  /** Makes a symmetric key for one person; answers its ARN. */
  abstract createSubjectKey(): Promise<string>;
  /** Makes the symmetric root key of an epoch; answers its ARN. */
  abstract createRootKey(): Promise<string>;
  /** Makes the symmetric key of a cohort of statutory records; answers its ARN. */
  abstract createCohortKey(): Promise<string>;
  /** Makes an HMAC key of the login index; answers its ARN. */
  abstract createIndexKey(): Promise<string>;
  /** Makes an ECDSA P-256 key for evidence. */
  abstract createSigningKey(): Promise<NewSigningKey>;
  abstract newDataKey(keyArn: string, context: KeyContext): Promise<NewDataKey>;
  /** A new key of 32 bytes that nobody has seen in the clear. */
  abstract newWrappedKey(keyArn: string, context: KeyContext): Promise<Buffer>;
  abstract unwrap(keyArn: string, wrapped: Buffer, context: KeyContext): Promise<Buffer>;
  /** HMAC-SHA-256 of a message of ours under an HMAC key: 32 bytes. */
  abstract mac(keyArn: string, message: string): Promise<Buffer>;
}
