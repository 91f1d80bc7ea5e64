/** Who objected to direct marketing, by digests of addresses: the list names nobody. */
export abstract class SuppressionList {
  /** Adding what is there changes nothing. */
  abstract add(digest: Buffer): Promise<void>;
  abstract remove(digest: Buffer): Promise<void>;
  abstract has(digest: Buffer): Promise<boolean>;
}
