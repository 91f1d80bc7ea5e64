import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { auditWorld, stepsFor } from '../src/audit-cell.ts';
import { BrokenSealError, readSummaries, seal, writeSealed } from '../src/summary.ts';
import { auditOf, booksOf, keyPairOf } from './audit-cells.ts';

const shop = booksOf('in-1');
const audit = () => auditOf('in-1');
const pairs = { 'in-1': keyPairOf('in-1'), 'eu-1': keyPairOf('eu-1') };
const keys = {
  envelopeKey: (cell: string, kid: string) =>
    kid === 'k1' ? pairs[cell as keyof typeof pairs].publicKeyPem : undefined,
};

describe('A signed summary', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'entrepot-audit-'));
    writeSealed(folder, audit().summary, pairs['in-1'].key);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const file = () => join(folder, 'in-1.summary.json');
  const rewrite = (change: (text: string) => string): void =>
    writeFileSync(file(), change(readFileSync(file(), 'utf8')));

  it('names no order and counts what is wrong', () => {
    const { summary, breaches } = audit();
    expect(breaches).toMatchObject([{ row: { orderId: 'ord_of_audit' } }]);
    expect(summary.violations).toEqual({ CONFIRMED_ORDER_NOT_CAPTURED: 1 });
    expect(readFileSync(file(), 'utf8')).not.toContain('ord_of_audit');
  });

  it('is read back as it was written', () => {
    expect(readSummaries(folder, keys)).toEqual([audit().summary]);
  });

  it('is refused when a word of it was changed', () => {
    rewrite((text) => text.replace('"quantity":5', '"quantity":6'));
    expect(() => readSummaries(folder, keys)).toThrow(BrokenSealError);
    expect(() => readSummaries(folder, keys)).toThrow(
      'in-1.summary.json is not what in-1 has signed.',
    );
  });

  it('is refused when another cell signed it, or a key that nobody pinned', () => {
    const { summary } = audit();
    const foreign = { ...pairs['eu-1'].key, cell: 'in-1' };
    writeSealed(folder, summary, foreign);
    expect(() => readSummaries(folder, keys)).toThrow('is not what in-1 has signed');
    writeSealed(folder, summary, keyPairOf('in-1', 'k2').key);
    expect(() => readSummaries(folder, keys)).toThrow('a key that in-1 does not have');
    expect(() => seal(summary, pairs['eu-1'].key)).toThrow('eu-1 does not sign for in-1');
  });

  it('is refused under the name of another cell, and when it is none', () => {
    renameSync(file(), join(folder, 'eu-1.summary.json'));
    expect(() => readSummaries(folder, keys)).toThrow('eu-1.summary.json is what in-1 has signed');
    writeFileSync(join(folder, 'eu-1.summary.json'), '{"sha256":"x","body":{}}');
    expect(() => readSummaries(folder, keys)).toThrow('is not a signed summary');
    writeFileSync(join(folder, 'eu-1.summary.json'), 'half of a fi');
    expect(() => readSummaries(folder, keys)).toThrow('is not a signed summary');
  });
});

describe('The join', () => {
  const levels = [1, 12, 15, 40].map((at) => ({
    pool: 'blr/A1',
    at,
    free: at === 15 ? 4 : 9,
    granted: 0,
    applied: 0,
  }));

  it('asks of a cell only the levels that lie within refusals', () => {
    const { steps } = stepsFor('in-1', shop.refusals, levels);
    expect(steps.map(({ at }) => at)).toEqual([1, 12, 15]);
  });

  it('repeats what cells found and judges refusals', () => {
    const { summary } = audit();
    const truly = auditWorld([summary], [stepsFor('in-1', shop.refusals, levels)]);
    expect(truly).toMatchObject({ refusals: 1, falseRefusals: 0 });
    expect(truly.breaches).toMatchObject([{ code: 'CONFIRMED_ORDER_NOT_CAPTURED' }]);
    const plenty = levels.map((of) => ({ ...of, free: 9 }));
    const falsely = auditWorld([summary], [stepsFor('in-1', shop.refusals, plenty)]);
    expect(falsely.falseRefusals).toBe(1);
  });
});
