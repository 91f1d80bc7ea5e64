import { createHash } from 'node:crypto';

export interface Sample {
  readonly seed: number;
  /** Of all that could be tried, from 0 to 1. */
  readonly share: number;
}

/** Whether a thing belongs to a sample: the same things for the same seed, wherever they stand in a list. */
export function isInSample({ seed, share }: Sample, thing: string): boolean {
  const digest = createHash('sha256').update(`${seed} ${thing}`).digest();
  return digest.readUInt32BE() / 2 ** 32 < share;
}
