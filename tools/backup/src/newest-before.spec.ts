import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EvidenceSigner } from '@entrepot/privacy';
import type { EvidenceSignature } from '@entrepot/privacy';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newRunId } from './backup-id.ts';
import { manifestFile, sealManifest } from './manifest.ts';
import { newestBefore } from './newest-before.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keys = new Map([['arn', publicKey.export({ format: 'pem', type: 'spki' }) as string]]);
class Signer extends EvidenceSigner {
  override sign(message: Buffer): Promise<EvidenceSignature> {
    const under = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return Promise.resolve({ keyArn: 'arn', signature: sign('sha256', message, under) });
  }
}

const at = (time: string): Date => new Date(`2026-11-28T${time}:00Z`);
const purged = at('12:00');
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sets-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

async function backUp(from: string, to: string): Promise<string> {
  const id = newRunId('backup', at(from));
  const folder = join(home, id);
  const digest = 'a'.repeat(64);
  const archive = (name: string) => ({ name, bytes: 1, sha256: digest });
  const manifest = await sealManifest(
    {
      ...{ format: 'entrepot backup 1', id, cell: 'in-1', region: 'in' },
      ...{ startedAt: at(from).toISOString(), finishedAt: at(to).toISOString() },
      postgres: { version: '18.0', major: 18 },
      clusters: [
        {
          ...{ cluster: 'shop', startLsn: '0/1', stopLsn: '0/2', label: 'label' },
          archives: [archive('shop.base.tar.zst.age'), archive('shop.log.tar.zst.age')],
          identity: { keyArn: 'arn', wrapped: 'AAAA' },
        },
      ],
      journal: { seq: 1, digest },
    },
    new Signer(),
  );
  mkdirSync(folder);
  writeFileSync(join(folder, manifestFile), manifest);
  return folder;
}
const isNewest = (set: string) => newestBefore(set, purged, keys) !== undefined;

describe('a backup', () => {
  it('is the newest before an instant beside older ones and those of after', async () => {
    await backUp('08:00', '08:30');
    const set = await backUp('10:00', '10:30');
    await backUp('13:00', '13:30');
    expect(newestBefore(set, purged, keys)).toMatchObject({
      startedAt: at('10:00').toISOString(),
      finishedAt: at('10:30').toISOString(),
    });
  });

  it.each([
    ['it finished after the instant', '11:50', '12:10', undefined],
    ['another finished later', '08:00', '08:30', ['10:00', '10:30']],
    [
      'another began before the instant and finished after it',
      '10:00',
      '10:30',
      ['11:50', '12:10'],
    ],
    ['another was made at the same time', '10:00', '10:30', ['09:50', '10:10']],
  ] as const)('is not the newest where %s', async (_why, from, to, other) => {
    const set = await backUp(from, to);
    if (other !== undefined) await backUp(other[0], other[1]);
    expect(isNewest(set)).toBe(false);
  });

  it('is not the newest while one is being made that began before the instant', async () => {
    const set = await backUp('10:00', '10:30');
    mkdirSync(join(home, `${newRunId('backup', at('12:30'))}.partial`));
    expect(isNewest(set)).toBe(true);
    mkdirSync(join(home, `${newRunId('backup', at('11:00'))}.partial`));
    expect(isNewest(set)).toBe(false);
  });

  it('is not the newest beside one whose manifest nobody signed', async () => {
    const set = await backUp('10:00', '10:30');
    mkdirSync(join(home, newRunId('backup', at('11:00'))));
    expect(isNewest(set)).toBe(false);
  });
});
