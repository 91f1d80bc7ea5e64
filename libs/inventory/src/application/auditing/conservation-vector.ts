import { createHash, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { accounts } from '../../domain/accounts.ts';

const units = z.int().min(0);

/** Ever given to the peer, ever taken in from it, and what the peer has said it took in. Units. */
const channel = z.strictObject({ peer: z.string(), granted: units, applied: units, acked: units });

const poolTotals = z.strictObject({
  pool: z.string(),
  home: z.string(),
  /** Units by account; an account that is not named has none. May be below zero: that is for the reader to judge. */
  balances: z.partialRecord(z.enum(accounts), z.int()),
  channels: z.array(channel),
});
export type PoolTotals = z.infer<typeof poolTotals>;

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** In one form, so that the order of the texts is that of the instants. */
const instant = z.iso.datetime({ precision: 3 });

/** What stands before the first vector of a cell. */
export const noVector = '0'.repeat(64);

/**
 * Books of one cell in one snapshot: the pools that changed since the vector before it, and a slice of the others, so that
 * all have been told after some vectors. Goods and cells only; nothing of a person, no order.
 */
export const conservationVector = z.strictObject({
  format: z.literal('entrepot-conservation-vector/1'),
  cell: z.string(),
  /** Counts up by one; a number that two vectors of a cell have is a lie or a restored past. */
  number: z.int().positive(),
  /** SHA-256 of the text of the vector before, in hex. */
  previous: digest,
  /** The snapshot was taken between the two, by the clock of the cell's database. */
  notBefore: instant,
  notAfter: instant,
  epoch: z.int().positive(),
  state: z.string(),
  /** The last entry of the journal in the snapshot, in decimal. */
  position: z.string().regex(/^[0-9]+$/),
  /** Every pool after the one and up to the other is in here, in the order of their ids; to the end where `through` is null. */
  slice: z.strictObject({ after: z.string(), through: z.string().nullable() }),
  /** False where pools that have changed are left to the next vectors. */
  isComplete: z.boolean(),
  pools: z.array(poolTotals),
});
export type ConservationVector = z.infer<typeof conservationVector>;

/** The one spelling of a vector (RFC 8785), which is hashed and signed. */
export const textOfVector = (vector: ConservationVector): string => canonicalize(vector) ?? '';

export const digestOfVector = (text: string): string =>
  createHash('sha256').update(text).digest('hex');

/** Separates these signatures from any other use of the same key. */
const signedPrefix = 'entrepot conservation vector 1\n';
const signedBytes = (text: string): Buffer => Buffer.from(`${signedPrefix}${text}`);

/** Ed25519 with the envelope key of the cell, base64url. */
export const signVector = (text: string, key: KeyObject): string =>
  sign(null, signedBytes(text), key).toString('base64url');

/** Whether any of these public keys (PEM) is the half of the one that signed. */
export const isSignedByOneOf = (
  text: string,
  signature: string,
  keys: readonly string[],
): boolean =>
  keys.some((pem) =>
    verify(null, signedBytes(text), createPublicKey(pem), Buffer.from(signature, 'base64url')),
  );
