import { createHash } from 'node:crypto';

/** Keeps these signatures apart from any other use of the same key, and names the form of the statement. */
const heading = 'entrepot erasure evidence 1';

/** SHA-256 of a statement's canonical form (RFC 8785). */
export const evidenceDigest = (statement: string): Buffer =>
  createHash('sha256').update(statement, 'utf8').digest();

/** What is signed for a statement: one line that says what it is, one with its digest in hexadecimal. */
export const evidenceMessage = (statement: string): Buffer =>
  Buffer.from(`${heading}\n${evidenceDigest(statement).toString('hex')}\n`, 'utf8');
