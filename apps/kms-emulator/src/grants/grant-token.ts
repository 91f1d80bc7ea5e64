import { randomBytes } from 'node:crypto';
import { KmsError } from '../errors.ts';

const tokenPattern = /^([0-9a-f-]{36})\.([0-9a-f]{64})\.[0-9a-f]{32}$/;

/** Names a grant and gives no right to it. Each is new, and all of one grant mean the same. */
export function newGrantToken(keyId: string, grantId: string): string {
  const text = `${keyId}.${grantId}.${randomBytes(16).toString('hex')}`;
  return Buffer.from(text).toString('base64url');
}

export function readGrantToken(token: string): { keyId: string; grantId: string } {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  const [, keyId, grantId] = tokenPattern.exec(text) ?? [];
  if (keyId === undefined || grantId === undefined) {
    throw new KmsError('InvalidGrantTokenException', 'The grant token is not valid.');
  }
  return { keyId, grantId };
}
