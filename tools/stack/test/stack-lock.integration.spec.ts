import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { identityOf, StackLock } from '@entrepot/stack';

import { killHard, runProgram } from './child-program.ts';

describe('the lock of a stack', () => {
  let folder = '';
  let file = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'entrepot-lock-'));
    file = join(folder, 'stack.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('names the living holder to whoever comes second', async () => {
    const { child, firstLine } = await runProgram('take-lock', file);
    try {
      expect(firstLine).toBe('taken');
      expect(StackLock.take(file)).toEqual(identityOf(child.pid ?? 0));
      expect(StackLock.holder(file)?.pid).toBe(child.pid);
    } finally {
      await killHard(child);
    }
  });

  it('passes to the next one when its holder was killed', async () => {
    const { child } = await runProgram('take-lock', file);
    await killHard(child);
    expect(StackLock.holder(file)).toBeUndefined();
    expect(StackLock.take(file)).toBeInstanceOf(StackLock);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(identityOf(process.pid));
  });

  it('does not take a later process with the same number for the holder', () => {
    writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: 'another boot/1' }));
    expect(StackLock.holder(file)).toBeUndefined();
    expect(StackLock.take(file)).toBeInstanceOf(StackLock);
  });

  it('is free again once released', () => {
    const lock = StackLock.take(file);
    if (lock instanceof StackLock) lock.release();
    expect(StackLock.take(file)).toBeInstanceOf(StackLock);
  });
});
