import { describe, expect, it } from '@jest/globals';
import { coreBytesIn, memoryProblems } from './process-memory.ts';
import type { MemoryFacts } from './process-memory.ts';

const closed: MemoryFacts = {
  options: ['--import', '/srv/loader.mjs', '--disable-sigusr1'],
  isInspected: false,
  writesReports: false,
  coreBytesMax: 0,
};

describe('The memory of a process in production', () => {
  it('is taken for closed where nothing opens it', () => {
    expect(memoryProblems(closed)).toEqual([]);
  });

  it.each<[string, Partial<MemoryFacts>, string]>([
    ['a core file', { coreBytesMax: Infinity }, 'core file'],
    ['a core file whose limit is unknown', { coreBytesMax: undefined }, 'core file'],
    ['a small core file', { coreBytesMax: 1 }, 'core file'],
    ['an open inspector', { isInspected: true }, 'The inspector is open'],
    ['diagnostic reports', { writesReports: true }, 'diagnostic reports'],
    ['a signal that opens the inspector', { options: [] }, '--disable-sigusr1'],
  ])('is open by %s', (_name, changes, sentence) => {
    expect(memoryProblems({ ...closed, ...changes }).join()).toContain(sentence);
  });

  it.each([
    '--inspect=127.0.0.1:9229',
    '--inspect-brk',
    '--heapsnapshot-signal=SIGUSR2',
    '--heapsnapshot-near-heap-limit=1',
    '--heap-prof',
    '--cpu-prof',
    '--report-on-fatalerror',
    '--abort-on-uncaught-exception',
    '--diagnostic-dir=/tmp',
  ])('is open by %s', (option) => {
    const problems = memoryProblems({ ...closed, options: [...closed.options, option] });
    expect(problems).toEqual([expect.stringContaining(option.replace(/=.*/, ''))]);
  });

  it('reads the limit of a core file as Linux writes it', () => {
    const row = (soft: string) =>
      `Limit                     Soft Limit\nMax core file size        ${soft}        unlimited            bytes\n`;
    expect(coreBytesIn(row('0'))).toBe(0);
    expect(coreBytesIn(row('4096'))).toBe(4_096);
    expect(coreBytesIn(row('unlimited'))).toBe(Infinity);
    expect(coreBytesIn('')).toBeUndefined();
  });
});
