import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { StoreScan } from '@entrepot/border-scan';
import { EvidenceSigner } from '@entrepot/privacy';
import { reportOf, sealReport } from '@entrepot/residency';
import type { ResidencyReportBody, SignedResidencyReport } from '@entrepot/residency';
import fc from 'fast-check';
import { checkReports } from '../src/certificate/check-report.ts';

const pairOf = () =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const pair = pairOf();

class KeySigner extends EvidenceSigner {
  override sign(message: Buffer) {
    const key = { key: pair.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return Promise.resolve({
      keyArn: 'arn:aws:kms:eu-central-1:123456789012:key/1',
      signature: sign('sha256', message, key),
    });
  }
}

const facts = {
  cell: 'eu-1',
  commit: 'a'.repeat(40),
  startedAt: '2026-11-28T10:00:00.000Z',
  finishedAt: '2026-11-28T10:05:00.000Z',
  people: [{ home: 'in-1', calls: 24, fields: ['email', 'fullName'] }],
};
const scan: StoreScan = {
  store: 'eu-1 shop files',
  bytes: 1_234,
  finds: [],
  controls: 34,
  missedControls: [],
  problems: [],
};
const seal = (report: ResidencyReportBody) =>
  sealReport(report, { signer: new KeySigner(), publicKeyOf: () => pair.publicKey });
const textOf = (...reports: SignedResidencyReport[]) => JSON.stringify(reports, undefined, 2);

describe('A residency report', () => {
  it('holds with the key in it and with the key that was published', async () => {
    const text = textOf(await seal(reportOf(facts, [scan])));
    expect(checkReports(text)).toMatchObject([{ isKeyPinned: false, isTest: false }]);
    expect(checkReports(text, [pairOf().publicKey, pair.publicKey])).toMatchObject([
      { isKeyPinned: true, report: { cell: 'eu-1', isClean: true } },
    ]);
    expect(() => checkReports(text, [pairOf().publicKey])).toThrow('not what the key has signed');
  });

  it.each<[string, Partial<StoreScan>]>([
    [
      'a find',
      { finds: [{ label: 'in-1/email/plain', file: '/data/asha@example.in', offset: 7 }] },
    ],
    ['a control that was not found', { missedControls: ['control/short/hex'] }],
    ['a problem', { problems: ['wal_compression is on'] }],
    ['a store without bytes', { bytes: 0 }],
  ])('is not clean with %s, and does not say where in a file', (_name, changes) => {
    const report = reportOf(facts, [scan, { ...scan, ...changes }]);
    expect(report.isClean).toBe(false);
    expect(JSON.stringify(report)).not.toContain('asha');
  });

  it('is not clean where nothing was looked through', () => {
    expect(() => reportOf(facts, [])).toThrow();
  });

  it('counts what was found by its form', () => {
    const find = { label: 'in-1/email/plain', file: 'x', offset: 1 };
    const report = reportOf(facts, [{ ...scan, finds: [find, { ...find, offset: 9 }] }]);
    expect(report.stores[0]?.finds).toEqual([{ label: 'in-1/email/plain', count: 2 }]);
  });

  it('does not hold once any value in it is changed', async () => {
    const signed = await seal(reportOf(facts, [scan]));
    const body = JSON.stringify(signed.report);
    const places = [...body.matchAll(/[0-9a-f]/g)].map(({ index }) => index);
    fc.assert(
      fc.property(fc.constantFrom(...places), (at) => {
        const other = body[at] === '7' ? '8' : '7';
        const changed = body.slice(0, at) + other + body.slice(at + 1);
        const text = `[{"report":${changed},"signature":${JSON.stringify(signed.signature)}}]`;
        expect(() => checkReports(text)).toThrow();
      }),
      { numRuns: 60 },
    );
  });

  it('is refused where its verdict is not that of its stores, though it was signed', async () => {
    const dirty = reportOf(facts, [{ ...scan, problems: ['compressed'] }]);
    const text = textOf(await seal({ ...dirty, isClean: true }));
    expect(() => checkReports(text)).toThrow('contradicts itself');
  });

  it('is refused in a file that has another form, or a cell twice', async () => {
    const signed = await seal(reportOf(facts, [scan]));
    expect(() => checkReports('{}')).toThrow('not a file of residency reports');
    expect(() => checkReports('not JSON')).toThrow('not a file of residency reports');
    expect(() => checkReports(textOf(signed, signed))).toThrow('reports twice');
  });
});
