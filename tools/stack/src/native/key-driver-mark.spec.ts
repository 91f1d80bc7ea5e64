import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { StackPaths } from '../stack-paths.ts';
import { settleKeyDriver } from './key-driver-mark.ts';

describe('the driver of a stack', () => {
  let paths: StackPaths;
  const cells = ['in-1', 'eu-1'];

  beforeEach(() => {
    paths = new StackPaths(mkdtempSync(join(tmpdir(), 'entrepot-driver-')));
  });
  afterEach(() => rmSync(paths.home, { recursive: true }));

  it('is the one asked for on fresh data, and stays without being asked for again', () => {
    expect(settleKeyDriver(paths, cells, 'kms-epoch')).toBe('kms-epoch');
    expect(settleKeyDriver(paths, cells, undefined)).toBe('kms-epoch');
  });

  it('is a KMS key for each person unless asked otherwise', () => {
    expect(settleKeyDriver(paths, cells, undefined)).toBe('kms-per-user');
  });

  it('is not changed on data of the other one, and the refusal says what to do', () => {
    settleKeyDriver(paths, cells, 'kms-per-user');
    expect(() => settleKeyDriver(paths, cells, 'kms-epoch')).toThrow('--keys kms-per-user');
    expect(settleKeyDriver(paths, cells, 'kms-per-user')).toBe('kms-per-user');
  });

  it('is known of data from before there was a choice', () => {
    mkdirSync(paths.dataOf('eu-1', 'vault'), { recursive: true });
    expect(() => settleKeyDriver(paths, cells, 'kms-epoch')).toThrow('--fresh');
    expect(settleKeyDriver(paths, cells, undefined)).toBe('kms-per-user');
  });

  it('is not guessed where the mark says something else', () => {
    mkdirSync(paths.data, { recursive: true });
    writeFileSync(join(paths.data, 'key-driver'), 'kms-other\n');
    expect(() => settleKeyDriver(paths, cells, undefined)).toThrow('names no known driver');
  });
});
