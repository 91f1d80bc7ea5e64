import { beforeEach, describe, expect, it } from '@jest/globals';
import { StateLag } from './state-lag.ts';

let nowMs = 0;
let lag: StateLag;

beforeEach(() => {
  nowMs = 0;
  lag = new StateLag(() => nowMs);
});

describe('StateLag', () => {
  it('shows every change at once unless told otherwise', () => {
    lag.noteChange('k', 'Enabled');
    expect(lag.seen('k', 'Disabled')).toBe('Disabled');
  });

  it('shows each of several changes when its own time has come', () => {
    lag.set(1000);
    lag.noteChange('k', 'Enabled');
    nowMs = 600;
    lag.noteChange('k', 'Disabled');
    expect(lag.seen('k', 'PendingDeletion')).toBe('Enabled');
    expect(lag.seen('other', 'Enabled')).toBe('Enabled');
    nowMs = 1000;
    expect(lag.seen('k', 'PendingDeletion')).toBe('Disabled');
    nowMs = 1600;
    expect(lag.seen('k', 'PendingDeletion')).toBe('PendingDeletion');
  });

  it('shows what it held back as soon as it is switched off', () => {
    lag.set(1000);
    lag.noteChange('k', 'Enabled');
    lag.set(0);
    expect(lag.seen('k', 'Disabled')).toBe('Disabled');
  });
});
