import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { busiestSecond, KmsAudit } from './kms-audit.ts';

const call = (eventName: string, second: number, errorCode?: string) => ({
  ...{ eventName, userIdentity: {}, eventTime: `2026-01-01T00:00:0${second}Z` },
  ...(errorCode !== undefined && { errorCode }),
});
const lineOf = (record: object): string => `${JSON.stringify(record)}\n`;

describe('the calls that a KMS wrote down', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'audit-'));
    file = join(folder, 'audit.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are those since it was last asked, each once, and none that is half written', () => {
    writeFileSync(file, lineOf(call('Decrypt', 0)));
    const audit = new KmsAudit(file);
    expect(audit.take()).toEqual([]);
    const [whole, half] = [lineOf(call('GenerateMac', 1)), lineOf(call('Decrypt', 2))];
    appendFileSync(file, whole + half.slice(0, 9));
    expect(audit.take().map(({ eventName }) => eventName)).toEqual(['GenerateMac']);
    appendFileSync(file, half.slice(9));
    expect(audit.take().map(({ eventName }) => eventName)).toEqual(['Decrypt']);
    expect(audit.take()).toEqual([]);
  });
});

describe('the busiest second', () => {
  it('counts what was done, by its own second, and leaves refusals out', () => {
    const calls = [
      ...[call('ScheduleKeyDeletion', 1), call('ScheduleKeyDeletion', 2)],
      ...[call('ScheduleKeyDeletion', 2), call('ScheduleKeyDeletion', 2, 'ThrottlingException')],
      call('Decrypt', 2),
    ];
    expect(busiestSecond(calls, 'ScheduleKeyDeletion')).toBe(2);
    expect(busiestSecond([], 'ScheduleKeyDeletion')).toBe(0);
  });
});
