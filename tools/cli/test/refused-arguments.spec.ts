import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '@entrepot/stack';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A process each; other suites and stacks may be at work beside. */
const timeoutMs = 60_000;

let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'entrepot-arguments-'));
  mkdirSync(join(home, 'journal'));
});

afterAll(() => rmSync(home, { recursive: true }));

const entrepot = (args: readonly string[]) =>
  new Promise<{ readonly exitCode: number; readonly said: string }>((resolve) => {
    const program = ['--import', './tools/loader.mjs', 'tools/cli/src/main.ts', ...args];
    const options = { cwd: repositoryRoot, env: { ...process.env, ENTREPOT_HOME: home } };
    execFile(process.execPath, program, options, (error, _, said) => {
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, said: said.trim() });
    });
  });

const breach = (tables: string, ...more: string[]) => [
  ...['breach', 'report', '--cell', 'eu-1', '--tables', tables, ...more],
];

describe('What cannot be meant is refused in one sentence, before any work', () => {
  it.each<[string, string[], string]>([
    [
      'a table that the data map does not have',
      breach('identity.accounts', '--since', '2026-01-01T00:00:00Z'),
      'There is no table "identity.accounts" in docs/reference/data-map.md.',
    ],
    [
      'a table whose rows lead to persons by an order only',
      breach('invoices.invoice', '--since', '2026-01-01T00:00:00Z'),
      'No column of invoices.invoice names a person: this report cannot say whom its rows are about.',
    ],
    [
      'a breach of the future',
      breach('identity.account', '--since', '2999-01-01T00:00:00Z'),
      '--since lies in the future.',
    ],
    [
      'a breach that began after it was found',
      breach(
        ...(['identity.account', '--since', '2026-01-02T00:00:00Z'] as const),
        ...['--discovered', '2026-01-01T00:00:00Z'],
      ),
      '--since must not be after --discovered.',
    ],
    [
      'a folder of backups that is not there: its backups would be kept for ever',
      ['backup', 'prune', '--cell', 'eu-1', '--in', '/nowhere'],
      'There is no folder /nowhere/eu-1.',
    ],
    [
      'a backup that is not there',
      ['verify-erasures', '--cell', 'eu-1', '--backup', '/nowhere'],
      'There is no folder /nowhere.',
    ],
    [
      'a place for a report that is not there',
      ['prove', 'residency', '--out', '/nowhere/report.json'],
      'There is no folder /nowhere that can be written to.',
    ],
    [
      'a place for a page that is not there',
      ['verify-certificate', 'package.json', '--html', '/nowhere/page.html'],
      'There is no folder /nowhere that can be written to.',
    ],
    [
      'a file of cells that is not there',
      ['audit', '--join', '--out', '.', '--cells', '/nowhere'],
      '/nowhere: The cells file cannot be read or is not JSON',
    ],
    [
      'a file of the reducer among the guards',
      ['mutate', '--only', 'guards', '--file', 'escrow'],
      'The files are those of the reducer: leave out --only guards.',
    ],
    [
      'a journal that is not there',
      ['erasure-journal', 'verify', '/nowhere'],
      'There is no folder /nowhere.',
    ],
  ])(
    '%s',
    async (_, args, sentence) => {
      await expect(entrepot(args)).resolves.toEqual({ exitCode: 1, said: sentence });
    },
    timeoutMs,
  );

  it(
    'a witness or a key of a journal that is not there',
    async () => {
      const journal = ['erasure-journal', 'verify', join(home, 'journal')];
      await expect(entrepot([...journal, '--witness', '/nowhere'])).resolves.toEqual({
        exitCode: 1,
        said: 'There is no folder /nowhere.',
      });
      await expect(entrepot([...journal, '--key', '/nowhere'])).resolves.toEqual({
        exitCode: 1,
        said: 'There is no file /nowhere that can be read.',
      });
    },
    timeoutMs,
  );

  it(
    'a day that no month has',
    async () => {
      const { exitCode, said } = await entrepot([
        ...['retention', 'cohorts', '--cell', 'eu-1', '--on', '2035-02-31'],
      ]);
      expect(exitCode).toBe(1);
      expect(said).toMatch('a day is written 2034-12-31');
    },
    timeoutMs,
  );
});
