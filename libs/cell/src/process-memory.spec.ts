import { describe, expect, it } from '@jest/globals';
import { coreBytesIn, memoryProblems, swapBytesIn, swapDevicesIn } from './process-memory.ts';
import type { MemoryFacts } from './process-memory.ts';

const closed: MemoryFacts = {
  options: ['--import', '/srv/loader.mjs', '--disable-sigusr1'],
  isInspected: false,
  writesReports: false,
  coreBytesMax: 0,
  swapDevices: 0,
  groupSwapBytesMax: undefined,
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
    ['swap', { swapDevices: 1 }, 'turn swap off'],
    ['swap that its group may use', { swapDevices: 1, groupSwapBytesMax: 4_096 }, 'turn swap off'],
    ['swap of which nothing is known', { swapDevices: undefined }, 'turn swap off'],
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

  it('is closed beside swap that its control group may not use', () => {
    expect(memoryProblems({ ...closed, swapDevices: 1, groupSwapBytesMax: 0 })).toEqual([]);
  });

  it('reads devices and limits of swap as Linux writes them', () => {
    const headings = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';
    expect(swapDevicesIn(headings)).toBe(0);
    expect(swapDevicesIn(`${headings}/dev/dm-1 partition\t8388604\t\t0\t\t-2\n`)).toBe(1);
    expect(swapDevicesIn('')).toBeUndefined();
    expect(swapBytesIn('0\n')).toBe(0);
    expect(swapBytesIn('max\n')).toBeUndefined();
    expect(swapBytesIn('')).toBeUndefined();
  });
});
