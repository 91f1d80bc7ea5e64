import type { CellId, SubjectId } from '@entrepot/kernel';
import type { LoginAudience } from '@entrepot/platform-crypto';
import { createHash } from 'node:crypto';
import type { KeyContext } from './key-service.ts';

/** Shard keys per epoch; a power of two, and in a CHECK of the vault. */
export const shardsPerEpoch = 32;

/** Which shard key of every epoch wraps what is a subject's. */
export const shardOf = (subject: SubjectId): number =>
  createHash('sha256').update(subject, 'utf8').digest().readUInt8(0) % shardsPerEpoch;

export const shards: readonly number[] = Array.from(
  { length: shardsPerEpoch },
  (_, shard) => shard,
);

/** Where one shard key stands. */
export interface ShardPlace {
  readonly epoch: number;
  readonly shard: number;
}

/** The data key of a person at KMS, under `kms-per-user`. */
export const subjectContext = (subject: SubjectId): KeyContext => ({
  purpose: 'subject-key',
  subject,
});

export const shardContext = (cell: CellId, { epoch, shard }: ShardPlace): KeyContext => ({
  purpose: 'shard-key',
  cell,
  epoch: String(epoch),
  shard: String(shard),
});

/** The data key of a cohort at KMS. */
export const cohortContext = (cohort: string): KeyContext => ({ purpose: 'cohort-key', cohort });

/** The places that wrapped keys are bound to; no part can hold a "|". */
export const kekPlace = (cell: CellId, { epoch, shard }: ShardPlace, subject: SubjectId): string =>
  `kek|${cell}|${epoch}|${shard}|${subject}`;

export const dataKeyPlace = (subject: SubjectId, version: number): string =>
  `data-key|${subject}|${version}`;

export const loginPlace = (
  cell: CellId,
  { epoch, shard }: ShardPlace,
  { subject, audience }: { readonly subject: SubjectId; readonly audience: LoginAudience },
): string => `login|${cell}|${epoch}|${shard}|${audience}|${subject}`;
