import type { SubjectId } from '@entrepot/kernel';

export interface NewDataKey {
  /** 32 bytes; overwritten by whoever uses it last. */
  readonly plaintext: Buffer;
  readonly wrapped: Buffer;
}

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

/**
 * What the privacy code asks of a KMS. Every call may throw `DomainError('UNAVAILABLE')`; those that use
 * a key may throw `KeyGoneError`.
 */
export abstract class KeyService {
  /** Makes a symmetric key for one person; answers its ARN. */
  abstract createSubjectKey(): Promise<string>;
  /** Makes an HMAC key for one epoch of the login index; answers its ARN. */
  abstract createIndexKey(): Promise<string>;
  /** Makes an ECDSA P-256 key for evidence. */
  abstract createSigningKey(): Promise<NewSigningKey>;
  abstract newDataKey(keyArn: string, subject: SubjectId): Promise<NewDataKey>;
  abstract unwrap(keyArn: string, wrapped: Buffer, subject: SubjectId): Promise<Buffer>;
  /** HMAC-SHA-256 of a message of ours under an HMAC key: 32 bytes. */
  abstract mac(keyArn: string, message: string): Promise<Buffer>;
}
