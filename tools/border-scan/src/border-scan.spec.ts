import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { formsOf } from '@entrepot/privacy';
import { FolderStore } from './folder-store.ts';
import { needlesOf, readForms, writeForms } from './forms-file.ts';
import { NeedleMatcher } from './needle-matcher.ts';
import { filesBelow, scanFiles } from './scan-files.ts';
import { scanStore } from './scan-store.ts';

const text = 'Zq "Ñandú" & Söhne/7h3k9x';
const matcher = new NeedleMatcher(needlesOf('in-1', { fullName: text }));
const labelsIn = (bytes: Buffer) => matcher.search(bytes).map(({ label }) => label);
const noise = Buffer.from('lorem ipsum dolor sit amet '.repeat(400));

describe('a planted canary', () => {
  it.each(formsOf(text).map(({ form, bytes }) => [form, bytes] as const))(
    'is found as %s, at the start, in the middle and at the end',
    (form, bytes) => {
      for (const parts of [
        [bytes, noise],
        [noise, bytes, noise],
        [noise, bytes],
      ]) {
        expect(labelsIn(Buffer.concat(parts))).toContain(`in-1/fullName/${form}`);
      }
    },
  );

  it.each([0, 1, 2, 3, 4, 5])('is found in base64 of a text that it stands in at byte %i', (at) => {
    const around = Buffer.from(`${'x'.repeat(at)}${text} and more`);
    const found = labelsIn(Buffer.from(around.toString('base64')));
    expect(found).toContain(`in-1/fullName/base64-${at % 3}`);
  });

  it('is not found where it is not', () => {
    expect(labelsIn(noise)).toEqual([]);
    expect(labelsIn(Buffer.from(text.slice(1)))).toEqual([]);
  });

  it('must be long enough not to occur by chance', () => {
    expect(() => formsOf('short')).toThrow(RangeError);
  });
});

describe('a scan of files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'scan-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('finds what lies across the edge of two chunks, once', () => {
    const edge = 4 * 1024 * 1024;
    const content = Buffer.alloc(edge + 1_000, '.');
    Buffer.from(text).copy(content, edge - 7);
    writeFileSync(join(folder, 'big'), content);
    const { bytes, finds } = scanFiles(filesBelow(folder), matcher);
    expect(bytes).toBe(content.length);
    const plain = finds.filter(({ label }) => label === 'in-1/fullName/plain');
    expect(plain).toEqual([
      { label: 'in-1/fullName/plain', file: join(folder, 'big'), offset: edge - 7 },
    ]);
  });

  it.each([1, 7, 20])(
    'finds what the header of a page of PostgreSQL’s log cuts in two, %i bytes before it',
    (before) => {
      const header = Buffer.alloc(24, 0xee).fill(0, 2, 4);
      const first = Buffer.concat([Buffer.alloc(40).fill(2, 2, 3), Buffer.alloc(8_192 - 40, '.')]);
      const value = Buffer.from(text);
      value.copy(first, first.length - before, 0, before);
      const second = Buffer.concat([header, value.subarray(before), Buffer.alloc(8_192, '.')]);
      mkdirSync(join(folder, 'pg_wal'));
      const segment = join(folder, 'pg_wal', '00000001000000000000000A');
      writeFileSync(segment, Buffer.concat([first, second.subarray(0, 8_192)]));
      const { bytes, finds } = scanFiles([segment], matcher);
      expect(bytes).toBe(2 * 8_192);
      expect(finds.map(({ label }) => label)).toContain('in-1/fullName/plain');
    },
  );

  it('finds in a folder what any of its files holds, such as an audit beside keys', async () => {
    writeFileSync(join(folder, 'keys.jsonl'), 'nothing about anybody');
    writeFileSync(join(folder, 'audit.jsonl'), JSON.stringify({ encryptionContext: { text } }));
    const store = new FolderStore({ name: 'kms', folder });
    const [scan] = await scanStore(store, needlesOf('in-1', { fullName: text }));
    expect(scan?.missedControls).toEqual([]);
    expect(scan?.finds.map(({ file }) => file)).toContain(join(folder, 'audit.jsonl'));
    expect(new Set(scan?.finds.map(({ file }) => file)).size).toBe(1);
  });

  it('sees nothing in a file of the one that was scanned before it', () => {
    const [first, second] = [join(folder, '1'), join(folder, '2')];
    writeFileSync(first, Buffer.concat([noise, Buffer.from(text)]));
    writeFileSync(second, noise);
    const { finds } = scanFiles([first, second, first], matcher);
    const plain = finds.filter(({ label }) => label === 'in-1/fullName/plain');
    expect(plain.map(({ file }) => file)).toEqual([first, first]);
    writeFileSync(first, Buffer.from(text).subarray(0, 9));
    writeFileSync(second, Buffer.from(text).subarray(9));
    expect(scanFiles([first, second], matcher).finds).toEqual([]);
  });

  it('reads back the forms it was told, and passes over files that are gone', () => {
    const file = join(folder, 'forms');
    writeForms(file, 'in-1', { fullName: text });
    expect(readForms(file)).toEqual(needlesOf('in-1', { fullName: text }));
    expect(scanFiles([join(folder, 'gone')], matcher)).toEqual({ bytes: 0, finds: [] });
  });
});
