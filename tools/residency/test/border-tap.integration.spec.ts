import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCertificate, repositoryRoot } from '@entrepot/stack';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { crossingsOf } from '../src/index.ts';
import type { TappedChunk } from '../src/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tap-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('A tap sees every byte of each call and answer, however TLS cuts them', async () => {
  const { privateKeyPem: key, certificatePem: cert } = await makeCertificate('in-1');
  const sizes = [0, 3, 40_000, 200_000];
  const tap = join(folder, 'tap');
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  execFileSync(
    process.execPath,
    [
      ...['--import', join(repositoryRoot, 'tools/loader.mjs')],
      ...['--import', path('../src/two-worlds/border-tap.ts')],
      path('programs/call-over-tls.ts'),
      JSON.stringify({ key, cert, sizes }),
    ],
    {
      cwd: repositoryRoot,
      env: { PATH: process.env['PATH'] ?? '', BORDER_TAP_FILE: tap, ENTREPOT_CELL: 'eu-1' },
    },
  );
  const lines = readFileSync(tap, 'utf8').trim().split('\n');
  const crossed = crossingsOf(lines.map((line) => JSON.parse(line) as TappedChunk));
  expect(crossed.map(({ place, body }) => [place, body])).toEqual(
    sizes.flatMap((size) => {
      const place = `eu-1 POST /cell/v1/${size}`;
      const body = JSON.stringify({ pad: 'x'.repeat(size) });
      return [
        [place, body],
        [`${place} answered 200 OK`, body],
      ];
    }),
  );
  expect(crossed[0]?.head).toMatchObject({ 'content-type': 'application/json' });
});
