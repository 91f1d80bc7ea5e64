import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import canonicalize from 'canonicalize';
import { z } from 'zod';

/** Why a record was not understood. The first group says nothing about who wrote it. */
export type EnvelopeFault =
  | 'RECORD_MALFORMED'
  | 'RECORD_NOT_CANONICAL'
  | 'RECORD_HAS_HEADERS'
  | 'RECORD_KEY_MISSING'
  | 'CELL_MISMATCH'
  | 'SIGNATURE_INVALID';

export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';

  constructor(readonly code: EnvelopeFault) {
    super(code);
  }
}

/**
 * The place of an event among those of its key where the cell that counts them may be restored: a number of a later epoch
 * lies above all of an earlier one. Exact for two million epochs of four billion numbers.
 */
export const versionInEpoch = (epoch: number, number: number): number => epoch * 2 ** 32 + number;

/** What an event is, apart from where it was read. */
export interface EventEnvelope {
  readonly id: string;
  readonly type: string;
  readonly v: number;
  readonly cell: string;
  /** The `aggregateVersion` of the record key. */
  readonly seq: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const body = z.record(z.string(), z.unknown());
const type = z.string().regex(/^[A-Z][A-Za-z]{0,63}$/);
const cell = z.string().regex(/^[a-z]{2}-[1-9][0-9]{0,2}$/);
const version = z.int().min(1);
const localSchema = z.strictObject({
  id: z.string().regex(/^evt_[0-9a-z_-]{26,40}$/),
  type,
  v: version,
  cell,
  seq: version,
  body,
});
const globalSchema = z.strictObject({
  type,
  v: version,
  cell,
  epoch: z.int().min(0),
  seq: version,
  body,
  sig: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});
type SignedEnvelope = z.output<typeof globalSchema>;

/** Separates these signatures from any other use of the same key. */
const signedPrefix = 'entrepot global event 1\n';

/** RFC 8785: one value has one spelling, so a signature covers what is read and nothing else. */
function canonicalBytes(value: unknown): Buffer {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('the value has no JSON form');
  return Buffer.from(text);
}

const signedBytes = (envelope: Omit<SignedEnvelope, 'sig'>): Buffer =>
  Buffer.concat([Buffer.from(signedPrefix), canonicalBytes(envelope)]);

function parseCanonical<T>(schema: z.ZodType<T>, value: Uint8Array): T {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value));
  } catch {
    throw new EnvelopeError('RECORD_MALFORMED');
  }
  const checked = schema.safeParse(parsed);
  if (!checked.success) throw new EnvelopeError('RECORD_MALFORMED');
  if (!canonicalBytes(parsed).equals(value)) throw new EnvelopeError('RECORD_NOT_CANONICAL');
  return checked.data;
}

/** Writes the record of a local event; only this cell's own principals can write its topics. */
export const writeLocalEnvelope = (envelope: EventEnvelope): Uint8Array =>
  canonicalBytes(localSchema.parse(envelope));

export function readLocalEnvelope(value: Uint8Array, ownCell: string): EventEnvelope {
  const envelope = parseCanonical(localSchema, value);
  if (envelope.cell !== ownCell) throw new EnvelopeError('CELL_MISMATCH');
  return envelope;
}

/** Signs what leaves the cell; held by the border process alone. */
export class EnvelopeSigner {
  private readonly key: KeyObject;

  constructor(
    private readonly identity: {
      readonly cell: string;
      /** Of the key. That a restored cell counts anew is told by its sequences: `versionInEpoch`. */
      readonly epoch: number;
      /** Ed25519, PKCS #8. */
      readonly privateKeyPem: string;
    },
  ) {
    this.key = createPrivateKey(identity.privateKeyPem);
    if (this.key.asymmetricKeyType !== 'ed25519') throw new TypeError('the key must be Ed25519');
  }

  sign(event: Pick<EventEnvelope, 'type' | 'v' | 'seq' | 'body'>): Uint8Array {
    const { cell: from, epoch } = this.identity;
    const { type: name, v, seq } = event;
    const unsigned = { type: name, v, cell: from, epoch, seq, body: event.body };
    const sig = sign(null, signedBytes(unsigned), this.key).toString('base64url');
    return canonicalBytes(globalSchema.parse({ ...unsigned, sig }));
  }
}

/** The pinned public keys of every cell, as the cell directory holds them. */
export interface PinnedKeys {
  readonly cells: readonly {
    readonly id: string;
    readonly envelopeKeys: readonly { readonly publicKeyPem: string }[];
  }[];
}

/** Checks that an event was signed by the very cell it came from. */
export class EnvelopeVerifier {
  private readonly keys: ReadonlyMap<string, readonly KeyObject[]>;

  constructor(pinned: PinnedKeys) {
    this.keys = new Map(
      pinned.cells.map(({ id, envelopeKeys }) => [
        id,
        envelopeKeys.map(({ publicKeyPem }) => createPublicKey(publicKeyPem)),
      ]),
    );
  }

  /** `expectedCell` is the one whose topic the record was read from; throws `EnvelopeError`. */
  read(value: Uint8Array, key: string, expectedCell: string): EventEnvelope {
    const { sig, ...unsigned } = parseCanonical(globalSchema, value);
    if (unsigned.cell !== expectedCell) throw new EnvelopeError('CELL_MISMATCH');
    const signature = Buffer.from(sig, 'base64url');
    const signed = signedBytes(unsigned);
    const keys = this.keys.get(expectedCell) ?? [];
    if (!keys.some((candidate) => verify(null, signed, candidate, signature))) {
      throw new EnvelopeError('SIGNATURE_INVALID');
    }
    const { type: name, v, cell: from, epoch, seq } = unsigned;
    // Sequences belong to a key, so the key is part of what makes an event this one.
    const id = `${from}/${epoch}/${key}/${seq}`;
    return { id, type: name, v, cell: from, seq, body: unsigned.body };
  }
}
