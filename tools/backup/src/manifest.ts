import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvidenceSigner, TrustedKeys } from '@entrepot/privacy';
import { clusterNames } from '@entrepot/stack';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { RefusedBackupError } from './backup-error.ts';
import { backupIdForm } from './backup-id.ts';

export const manifestFile = 'manifest.json';

const lsn = z.string().regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const archive = z.strictObject({
  /** A file beside the manifest; its digest is of what lies there, encrypted. */
  name: z.string().regex(/^[a-z]+\.(base|log)\.tar\.zst\.age$/),
  bytes: z.int().positive(),
  sha256: digest,
});
export type ArchiveRecord = z.infer<typeof archive>;

const cluster = z.strictObject({
  cluster: z.enum(clusterNames),
  startLsn: lsn,
  stopLsn: lsn,
  /** What the server needs to know where its log begins; PostgreSQL calls it `backup_label`. */
  label: z.string().min(1),
  archives: z.array(archive).length(2),
  /** The age identity that opens the archives, encrypted by a key of the cell's KMS. */
  identity: z.strictObject({ keyArn: z.string().min(1), wrapped: z.base64() }),
});
export type ClusterRecord = z.infer<typeof cluster>;

const manifest = z.strictObject({
  format: z.literal('entrepot backup 1'),
  id: z.string().regex(backupIdForm),
  cell: z.string(),
  region: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  postgres: z.strictObject({ version: z.string(), major: z.int().positive() }),
  clusters: z.array(cluster).min(1),
  /** How far the journal of erasures went: a restore finds these entries in it, or refuses. */
  journal: z.strictObject({ seq: z.int().positive(), digest }),
});
export type BackupManifest = z.infer<typeof manifest>;

const sealed = z.strictObject({
  keyArn: z.string(),
  signature: z.base64url(),
  body: z.unknown(),
});

/** Separates these signatures from any other use of the same key. */
const signedPrefix = 'entrepot backup manifest 1\n';

/** KMS signs at most 4 KiB, so the digest of the canonical form (RFC 8785) stands for it. */
const digestMessage = (body: unknown): Buffer => {
  const text = canonicalize(body) ?? '';
  return Buffer.from(signedPrefix + createHash('sha256').update(text).digest('hex'));
};

export async function sealManifest(body: BackupManifest, signer: EvidenceSigner): Promise<string> {
  const { keyArn, signature } = await signer.sign(digestMessage(body));
  const text = { keyArn, signature: signature.toString('base64url'), body };
  return `${JSON.stringify(text, undefined, 2)}\n`;
}

/** @throws RefusedBackupError where the set has no manifest, or one that no trusted key has signed. */
export function readManifest(set: string, keys: TrustedKeys): BackupManifest {
  const outer = sealed.safeParse(jsonIn(join(set, manifestFile)));
  if (!outer.success) throw new RefusedBackupError('unsigned', `${set} has no signed manifest.`);
  const { keyArn, signature, body } = outer.data;
  const key = keys.get(keyArn);
  if (key === undefined || !isSigned(body, { key, signature })) {
    throw new RefusedBackupError('unsigned', `The manifest of ${set} is not signed by this cell.`);
  }
  const read = manifest.safeParse(body);
  if (read.success) return read.data;
  throw new RefusedBackupError('unsigned', `The manifest of ${set} is of another form.`);
}

function isSigned(body: unknown, { key, signature }: { key: string; signature: string }): boolean {
  const publicKey = { key: createPublicKey(key), dsaEncoding: 'ieee-p1363' as const };
  return verify('sha256', digestMessage(body), publicKey, Buffer.from(signature, 'base64url'));
}

function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
