/**
 * Under what somebody who objected to direct marketing is found again without the address being kept:
 * HMAC-SHA-256 under a key that KMS makes, for the life of the vault. Whoever has that key and a list of
 * addresses can tell which of them objected; the digest outlives the person for exactly that reason.
 */
export abstract class SuppressionDigests {
  /** 32 bytes. Throws `DomainError('UNAVAILABLE')` where KMS does not answer. */
  abstract of(email: string): Promise<Buffer>;
}
