import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { StackPaths } from '../stack-paths.ts';
import { throwAway } from './throw-away.ts';

describe('what is thrown away for a fresh start', () => {
  let home = '';

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'entrepot-fresh-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it('is everything in which rows of people or keys lie, demonstrations and scans included', () => {
    const holding = [
      'data',
      'secrets',
      'logs',
      'demo',
      'audit',
      'replay',
      'verification',
      'scan',
      'cells',
    ];
    for (const folder of [...holding, 'kafka', 'redis', 'cache', 'run', 'drill-kms-epoch']) {
      mkdirSync(join(home, folder, 'in-1'), { recursive: true });
      writeFileSync(join(home, folder, 'in-1', 'rows.jsonl'), '{"email":"a@people.example"}');
    }
    for (const file of ['stack.json', 'ports.json', 'cells.json'])
      writeFileSync(join(home, file), '{}');
    throwAway(new StackPaths(home));
    expect(readdirSync(home).toSorted()).toEqual(
      ['cache', 'drill-kms-epoch', 'kafka', 'redis', 'run'].toSorted(),
    );
  });

  it('may be nothing', () => {
    throwAway(new StackPaths(home));
    expect(readdirSync(home)).toEqual([]);
  });
});
