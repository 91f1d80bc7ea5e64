/** Finds keys of a KMS of which only the digest of the ARN is known. */
export abstract class KeySearch {
  /** By the SHA-256 of the ARN, in hexadecimal; undefined where KMS has no such key, or no more. */
  abstract arnOf(digest: string): Promise<string | undefined>;
}
