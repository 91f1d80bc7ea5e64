import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '@entrepot/stack';
import { execFile } from 'node:child_process';

/** A process each; other suites and stacks may be at work beside. */
const timeoutMs = 60_000;

const simulate = (...args: string[]) =>
  new Promise<{ readonly exitCode: number; readonly said: string }>((resolve) => {
    const program = [
      '--import',
      './tools/loader.mjs',
      'tools/cli/src/main.ts',
      'simulate',
      ...args,
    ];
    execFile(process.execPath, program, { cwd: repositoryRoot }, (error, said, complaint) => {
      const exitCode = typeof error?.code === 'number' ? error.code : 0;
      resolve({ exitCode, said: said + complaint });
    });
  });

describe('simulate', () => {
  it(
    'runs seeds on threads for a time and tells what was covered',
    async () => {
      const { exitCode, said } = await simulate('--seconds', '1', '--workers', '2', '--from', '1');
      expect(said).toMatch(/^RESERVE +\d/m);
      expect(said).toMatch(/^[1-9][\d,]* runs, [1-9]/m);
      expect(said).toContain('no violation');
      expect(exitCode).toBe(0);
    },
    timeoutMs,
  );

  it(
    'finds a planted bug, prints a command that shows it again, and that exits with 1',
    async () => {
      const found = await simulate('--mutant', 'deltas');
      const again = /again: npm run simulate -- (.+)$/m.exec(found.said)?.[1]?.split(' ') ?? [];
      expect(found.exitCode).toBe(0);
      const replayed = await simulate(...again);
      expect(replayed.exitCode).toBe(1);
      const violation = /seed \d+, step \d+: .+/;
      expect(violation.exec(replayed.said)?.[0]).toBe(violation.exec(found.said)?.[0]);
    },
    timeoutMs,
  );

  it(
    'refuses what it does not know',
    async () => {
      expect((await simulate('--mutant', 'nobody')).said).toContain('Known are all, deltas');
      const all = await simulate('--mutant', 'all', '--seed', '1');
      expect(all.said).toContain('A seed is replayed with one bug, not with all.');
    },
    timeoutMs,
  );
});
