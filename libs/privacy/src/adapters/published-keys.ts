import { createPublicKey } from 'node:crypto';
import { statement } from '@entrepot/platform-database';
import type { Queryable } from '@entrepot/platform-database';
import { readPinnedKeys } from './erasure-journal-files.ts';

const findPublicKey = statement(
  'vault.find_published_key',
  `SELECT kms_key_arn AS "keyArn", public_key AS "publicKey" FROM vault.signing_key
   WHERE purpose = 'evidence'`,
);

/** What others check the evidence of a cell with. */
export interface PublishedKey {
  /** `certificates` of erasures; or `records`: the journal of erasures, backups and reports of residency. */
  readonly signs: 'certificates' | 'records';
  readonly keyArn: string;
  /** PEM. */
  readonly publicKey: string;
}

/** The key that the vault names, once there is one, and those that the witness has pinned. */
export async function publishedKeysOf(vault: Queryable, witness: string): Promise<PublishedKey[]> {
  const named = await vault.query<{ keyArn: string; publicKey: Buffer }>(findPublicKey);
  const pinned = await readPinnedKeys(witness);
  return [
    ...named.map(({ keyArn, publicKey }) => ({
      signs: 'certificates' as const,
      keyArn,
      publicKey: createPublicKey({ key: publicKey, format: 'der', type: 'spki' })
        .export({ format: 'pem', type: 'spki' })
        .toString(),
    })),
    ...[...pinned].map(([keyArn, publicKey]) => ({ signs: 'records' as const, keyArn, publicKey })),
  ];
}
