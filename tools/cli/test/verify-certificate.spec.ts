import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { ErasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import { certificateStatement } from '@entrepot/privacy';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { checkCertificate } from '../src/certificate/check-certificate.ts';
import { BadCertificateError } from '../src/certificate/check-evidence.ts';
import { describeCertificate, pageOf, textOf } from '../src/certificate/describe-certificate.ts';

const pairOf = (namedCurve = 'P-256') =>
  generateKeyPairSync('ec', {
    namedCurve,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const pair = pairOf();
const certificate: ErasureCertificateView['certificate'] = {
  format: 'entrepot-erasure-certificate/1',
  ...{ requestId: `ers_in-1_${'a'.repeat(26)}`, cell: 'in-1', country: 'IN' },
  claims: {
    unusable: { since: '2026-11-28T10:00:00.000Z' },
    destroyed: { at: '2026-12-05T10:00:00.000Z' },
  },
  approval: { persons: 2, planDigest: 'a'.repeat(64), at: '2026-11-28T09:00:00.000Z' },
  stores: [
    {
      ...{ step: 'read-back', store: 'identity.account', state: 'done' },
      ...{ matched: 1, deleted: 1, left: 0, leftReason: null },
    },
    {
      ...{ step: 'purge', store: 'orders.order', state: 'done' },
      ...{ matched: 2, deleted: 0, left: 2, leftReason: 'BOOKS_WITHOUT_PERSON' },
    },
  ],
  retained: [{ category: 'order', leaves: 'facts', law: 'Article <1> & 2', until: null }],
  recipients: [
    {
      ...{ processor: 'mail', identities: 1, attempts: 1 },
      acknowledgedAt: '2026-11-28T11:00:00.000Z',
      ...{ answerDigest: 'c'.repeat(64), signerDigest: 'd'.repeat(64) },
    },
  ],
  verification: [
    {
      ...{ part: 'key-trial', login: 'api', result: 'run', tried: 5, found: 0 },
      evidenceDigest: null,
    },
    {
      ...{ part: 'store-scan', login: null, result: 'run', tried: 84, found: 0 },
      evidenceDigest: 'e'.repeat(64),
    },
    {
      ...{ part: 'restore-drill', login: null, result: 'not_run', tried: 0, found: 0 },
      evidenceDigest: null,
    },
  ],
  notDone: ['NO_RECIPIENT_CONNECTED'],
  evidence: { events: 15, chainHead: 'b'.repeat(64) },
};

function signed(account: string, of = certificate): ErasureCertificateView {
  const key = { key: pair.privateKey, dsaEncoding: 'ieee-p1363' } as const;
  const value = sign('sha256', certificateStatement(canonicalize(of) ?? ''), key);
  const keyArn = `arn:aws:kms:ap-south-1:${account}:key/1`;
  const signature = { alg: 'ES256', keyArn, publicKey: pair.publicKey } as const;
  return { certificate: of, signature: { ...signature, value: value.toString('base64url') } };
}
const real = signed('123456789012');

describe('a certificate', () => {
  it('holds with the key in it and with the key that was published', () => {
    const text = JSON.stringify(real, undefined, 2);
    expect(checkCertificate(text)).toMatchObject({ isKeyPinned: false, isTest: false });
    expect(checkCertificate(text, pair.publicKey)).toMatchObject({ isKeyPinned: true });
  });

  it('does not hold with the key of somebody else, nor with one of another kind', () => {
    const text = JSON.stringify(real);
    expect(() => checkCertificate(text, pairOf().publicKey)).toThrow('not what the key has signed');
    expect(() => checkCertificate(text, pairOf('P-384').publicKey)).toThrow('not one of P-256');
    expect(() => checkCertificate(text, 'a key')).toThrow('not a public key');
  });

  it('T27 does not hold once any value in it is changed', () => {
    const places = [...JSON.stringify(real.certificate).matchAll(/[0-9a-f]/g)].map(
      (at) => at.index,
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), (place) => {
        const body = JSON.stringify(real.certificate);
        const other = body[place] === '3' ? '4' : '3';
        const tampered = `${body.slice(0, place)}${other}${body.slice(place + 1)}`;
        const text = `{"certificate":${tampered},"signature":${JSON.stringify(real.signature)}}`;
        expect(() => checkCertificate(text)).toThrow(BadCertificateError);
      }),
    );
  });

  it('does not hold where its two claims contradict each other, whoever signed it', () => {
    const claims = { ...certificate.claims, destroyed: { at: '2026-11-01T00:00:00.000Z' } };
    const text = JSON.stringify(signed('123456789012', { ...certificate, claims }));
    expect(() => checkCertificate(text)).toThrow('this cannot be');
  });

  it.each(['', '{}', 'null', '{"certificate":{}}'])('is not %j', (text) => {
    expect(() => checkCertificate(text)).toThrow('not a certificate');
  });

  it('of a key that an emulator made says that it is none', () => {
    const checked = checkCertificate(JSON.stringify(signed('000000000000')));
    expect(textOf(describeCertificate(checked))).toMatch(/^TEST, NOT A CERTIFICATE\n/);
    expect(textOf(describeCertificate(checked))).toContain('a key of the KMS emulator');
    expect(pageOf(describeCertificate(checked))).toContain('<h1>TEST, NOT A CERTIFICATE</h1>');
  });

  it('says on paper what the file says, and runs nothing', () => {
    const text = describeCertificate(checkCertificate(JSON.stringify(real)));
    const page = pageOf(text);
    for (const part of [
      ...['2026-11-28T10:00:00.000Z', '2026-12-05T10:00:00.000Z', 'read-back'],
      'the key as it was before, with the login of the api: 5 tried, 0 found',
      `for what the person typed: 84 tried, 0 found; signed statement ${'e'.repeat(64)}`,
      'restored and attacked with every login: NOT RUN',
      'BOOKS_WITHOUT_PERSON: amounts and goods, about nobody',
    ]) {
      expect(textOf(text)).toContain(part);
      expect(page).toContain(part);
    }
    expect(page).toContain('Article &#60;1&#62; &#38; 2');
    const drill = { part: 'restore-drill', login: null, result: 'in_no_backup' } as const;
    const said = { ...drill, tried: 0, found: 0, evidenceDigest: 'f'.repeat(64) };
    const without = signed('123456789012', { ...certificate, verification: [said] });
    expect(textOf(describeCertificate(checkCertificate(JSON.stringify(without))))).toContain(
      `every login: none was made while the person was there; signed statement ${'f'.repeat(64)}`,
    );
    expect(page).not.toMatch(/<script|src=|href=/);
  });
});
