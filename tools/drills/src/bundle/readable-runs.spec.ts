import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { writeReadableRuns } from './readable-runs.ts';

const pageBytes = 8_192;

describe('readable runs', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'entrepot-runs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const fileOf = (name: string, content: Buffer): string => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  const runsOf = (...files: string[]): string[] => {
    writeReadableRuns(files, folder);
    return readFileSync(join(folder, 'strings-0.txt'), 'latin1').trimEnd().split('\n');
  };

  it('are what stands between bytes that nobody can read, from eight characters on', () => {
    const page = Buffer.from(
      '\u0000\u0001too few\u0000long enough\u0007another one\u0000',
      'latin1',
    );
    expect(runsOf(fileOf('page', page))).toEqual(['long enough', 'another one']);
  });

  it('go over the header of a page of the write-ahead log', () => {
    mkdirSync(join(folder, 'pg_wal'));
    const log = Buffer.alloc(2 * pageBytes);
    log.writeUInt16LE(0x0002, 2); // a long header of 40 bytes, and a short one of 24 on the next page
    log.write('across the', pageBytes - 10, 'latin1');
    log.write(' edge', pageBytes + 24, 'latin1');
    const file = fileOf('pg_wal/000000010000000000000001', log);
    expect(runsOf(file)).toEqual(['across the edge']);
  });

  it('pass over files that are gone, and say how much was read', () => {
    const file = fileOf('page', Buffer.alloc(100));
    expect(writeReadableRuns([file, join(folder, 'gone')], folder)).toBe(100);
  });
});
