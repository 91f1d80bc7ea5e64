import { createHash } from 'node:crypto';

/** From the first to the last epoch under which something lay. */
export interface EpochRange {
  readonly first: number;
  readonly last: number;
}

/** What covers something of a person: a KMS key of the person's own, and epochs. */
export interface CoveringKeys {
  /** SHA-256 of the ARN, in hexadecimal: it tells the key as well as the ARN does, and is none. */
  readonly arnDigest: string | undefined;
  readonly epochs: EpochRange | undefined;
}

/** `arn-sha256:` and 64 hexadecimal digits, or `epoch:` and the first and the last number. */
export const keyName = /^(?:arn-sha256:[0-9a-f]{64}|epoch:[1-9]\d{0,8}-[1-9]\d{0,8})$/;

const arnPrefix = 'arn-sha256:';
const epochPrefix = 'epoch:';

export const arnName = (keyArn: string): string =>
  arnPrefix + createHash('sha256').update(keyArn).digest('hex');

const epochsName = ({ first, last }: EpochRange): string => `${epochPrefix}${first}-${last}`;

/** How the journal of erasures names them. */
export function keyNamesOf(keys: {
  readonly keyArn: string | undefined;
  readonly epochs: EpochRange | undefined;
}): string[] {
  const { keyArn, epochs } = keys;
  return [
    ...(keyArn === undefined ? [] : [arnName(keyArn)]),
    ...(epochs === undefined ? [] : [epochsName(epochs)]),
  ];
}

export function keysNamed(names: readonly string[]): CoveringKeys {
  const arn = names.find((name) => name.startsWith(arnPrefix));
  const range = names.find((name) => name.startsWith(epochPrefix));
  const [first, last] = range?.slice(epochPrefix.length).split('-').map(Number) ?? [];
  return {
    arnDigest: arn?.slice(arnPrefix.length),
    epochs: first === undefined || last === undefined ? undefined : { first, last },
  };
}

/** The least range that has both in it. */
export function rangeOver(
  one: EpochRange | undefined,
  other: EpochRange | undefined,
): EpochRange | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { first: Math.min(one.first, other.first), last: Math.max(one.last, other.last) };
}

export const isWithin = (inner: EpochRange, outer: EpochRange | undefined): boolean =>
  outer !== undefined && inner.first >= outer.first && inner.last <= outer.last;
