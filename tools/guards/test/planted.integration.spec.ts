import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const repository = execFileSync('git', ['rev-parse', '--show-toplevel'], {
  encoding: 'utf8',
}).trim();

/** The packages of the original, and the projects of the copy in place of its own. */
function linkModules(from: string, to: string): void {
  mkdirSync(join(to, '@entrepot'), { recursive: true });
  for (const name of readdirSync(from).filter((entry) => entry !== '@entrepot')) {
    symlinkSync(join(from, name), join(to, name));
  }
  for (const name of readdirSync(join(from, '@entrepot'))) {
    const folder = relative(repository, realpathSync(join(from, '@entrepot', name)));
    symlinkSync(join(dirname(to), folder), join(to, '@entrepot', name));
  }
}

/** The guards as a developer runs them, on a copy of the repository with one defect planted in it. */
describe('The guards on a planted defect', () => {
  let copy: string;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'entrepot-guards-'));
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
      cwd: repository,
      encoding: 'utf8',
    });
    for (const file of files.split('\n').filter((name) => name !== '')) {
      cpSync(join(repository, file), join(copy, file), { force: true });
    }
    linkModules(join(repository, 'node_modules'), join(copy, 'node_modules'));
    execFileSync('git', ['init', '--quiet'], { cwd: copy });
  });

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  async function guards(...only: string[]): Promise<string> {
    const args = ['--import', './tools/loader.mjs', 'tools/cli/src/main.ts', 'guards', ...only];
    const env = { ...process.env, NODE_OPTIONS: '' };
    try {
      return (await run(process.execPath, args, { cwd: copy, env })).stdout;
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  }

  async function planted(check: string, file: string, text: string): Promise<string> {
    const path = join(copy, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    try {
      return await guards('--only', check);
    } finally {
      rmSync(path);
    }
  }

  it('finds nothing where nothing is planted', async () => {
    expect(await guards()).toBe('boundaries: clean\nlayers: clean\ntidy: clean\n');
  }, 60_000);

  it.each([
    [
      'an import of the EU in India’s app',
      'boundaries',
      'apps/india/src/planted.ts',
      `import * as eu from '@entrepot/region-eu';\nexport const planted = eu;\n`,
      '@entrepot/app-india → @entrepot/region-eu: region in must not contain code of region eu',
    ],
    [
      'an import of one domain in another',
      'boundaries',
      'libs/carts/src/planted.ts',
      `import * as catalog from '@entrepot/catalog';\nexport const planted = catalog;\n`,
      '@entrepot/carts → @entrepot/catalog: a domain may import only',
    ],
    [
      'a region literal in a domain',
      'tidy',
      'libs/carts/src/domain/planted.ts',
      `export const planted = (region: string) => region === 'eu';\n`,
      'no-region-literal',
    ],
    [
      'a driver in the domain layer',
      'layers',
      'libs/carts/src/domain/planted.ts',
      `import pg from 'pg';\nexport const planted = pg;\n`,
      'pure-domain',
    ],
  ])(
    'finds %s',
    async (_, check, file, text, message) => {
      expect(await planted(check, file, text)).toContain(message);
    },
    60_000,
  );
});
