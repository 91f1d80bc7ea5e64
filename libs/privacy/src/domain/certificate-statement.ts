import { createHash } from 'node:crypto';

/** Keeps these signatures apart from any other use of the same key, and names the form of the body. */
const heading = 'entrepot erasure certificate 1';

/** SHA-256 of a certificate's canonical form (RFC 8785). */
export const certificateDigest = (body: string): Buffer =>
  createHash('sha256').update(body, 'utf8').digest();

/**
 * What is signed for a certificate: one line that says what it is, one with its digest in hexadecimal. A
 * KMS takes at most 4,096 bytes of a message, and a certificate may be longer.
 */
export const certificateStatement = (body: string): Buffer =>
  Buffer.from(`${heading}\n${certificateDigest(body).toString('hex')}\n`, 'utf8');
