import type { CellId } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import { importJWK } from 'jose';
import type { CryptoKey } from 'jose';
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';

const privateJwk = z.object({
  kid: z.string().min(1),
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

export interface SigningKey {
  readonly kid: string;
  readonly key: CryptoKey | Uint8Array;
}

/**
 * Reads the private key this cell signs tokens with. Refuses a file that others can read, and a key
 * whose public half is not pinned for this cell: nobody could verify what it signs.
 */
export async function readSigningKey(
  path: string,
  cell: CellId,
  directory: CellDirectory,
): Promise<SigningKey> {
  if ((statSync(path).mode & 0o077) !== 0) throw new Error('the token key must have mode 0600');
  const jwk = privateJwk.parse(JSON.parse(readFileSync(path, 'utf8')));
  const pinned = directory.tokenKey(cell, jwk.kid);
  if (pinned === undefined || pinned.x !== jwk.x || pinned.y !== jwk.y) {
    throw new Error(`the token key ${jwk.kid} is not pinned for cell ${cell} in the cells file`);
  }
  return { kid: jwk.kid, key: await importJWK(jwk, 'ES256') };
}
