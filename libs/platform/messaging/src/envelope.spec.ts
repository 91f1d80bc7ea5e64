import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';

import { EnvelopeError, EnvelopeSigner, EnvelopeVerifier } from './envelope.ts';

const keysOf = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
};
const india = keysOf();
const europe = keysOf();
const verifier = new EnvelopeVerifier({
  cells: [
    { id: 'in-1', envelopeKeys: [{ publicKeyPem: india.publicKeyPem }] },
    { id: 'eu-1', envelopeKeys: [{ publicKeyPem: europe.publicKeyPem }] },
  ],
});
const sign = (cell: string, privateKeyPem: string) =>
  new EnvelopeSigner({ cell, epoch: 1, privateKeyPem }).sign({
    type: 'ParcelMoved',
    v: 1,
    seq: 7,
    body: { quantity: 1, hub: 'rtm' },
  });
const genuine = Buffer.from(sign('in-1', india.privateKeyPem)).toString();

function codeOf(text: string, cell = 'in-1'): string {
  try {
    verifier.read(Buffer.from(text), 'key', cell);
    return 'ACCEPTED';
  } catch (error) {
    if (error instanceof EnvelopeError) return error.code;
    throw error;
  }
}

describe('A signed envelope', () => {
  it('is read back as it was written, with an id of its own', () => {
    expect(verifier.read(Buffer.from(genuine), 'key', 'in-1')).toEqual({
      id: 'in-1/1/key/7',
      type: 'ParcelMoved',
      v: 1,
      cell: 'in-1',
      seq: 7,
      body: { quantity: 1, hub: 'rtm' },
    });
  });

  it('is refused with an altered body, type, sequence or epoch', () => {
    for (const [from, to] of [
      ['"quantity":1', '"quantity":2'],
      ['ParcelMoved', 'ParcelMade'],
      ['"seq":7', '"seq":8'],
      ['"epoch":1', '"epoch":2'],
    ] as const) {
      expect(codeOf(genuine.replace(from, to))).toBe('SIGNATURE_INVALID');
    }
  });

  it('speaks only for the cell whose key signed it, and only from that cell’s topic', () => {
    const byEurope = Buffer.from(sign('in-1', europe.privateKeyPem)).toString();
    expect(codeOf(byEurope)).toBe('SIGNATURE_INVALID');
    expect(codeOf(genuine, 'eu-1')).toBe('CELL_MISMATCH');
  });

  it('has one spelling: other spaces, orders or fields are refused', () => {
    expect(codeOf(genuine.replace('"seq":7', '"seq": 7'))).toBe('RECORD_NOT_CANONICAL');
    const reversed = JSON.stringify(
      Object.fromEntries(Object.entries(JSON.parse(genuine) as object).reverse()),
    );
    expect(codeOf(reversed)).toBe('RECORD_NOT_CANONICAL');
    expect(codeOf(genuine.replace('"seq":7', '"extra":1,"seq":7'))).toBe('RECORD_MALFORMED');
    expect(codeOf('{')).toBe('RECORD_MALFORMED');
  });
});
