import { generateKeyPairSync, sign } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EvidenceSigner } from '@entrepot/privacy';
import type { EvidenceSignature } from '@entrepot/privacy';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { backupSets, discardUnfinished, pruneSets, UnfinishedSet } from '../src/backup-sets.ts';
import { newRunId } from '../src/backup-id.ts';
import { manifestFile, readManifest, sealManifest } from '../src/manifest.ts';
import type { BackupManifest } from '../src/manifest.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keyArn = 'arn:aws:kms:ap-south-1:000000000000:key/evidence';
const pem = pair.publicKey.export({ format: 'pem', type: 'spki' }).toString();
const keys = new Map([[keyArn, pem]]);
const dayMs = 86_400_000;
const now = new Date('2026-11-28T10:00:00.000Z');

class LocalSigner extends EvidenceSigner {
  override sign(message: Buffer): Promise<EvidenceSignature> {
    const key = { key: pair.privateKey, dsaEncoding: 'ieee-p1363' as const };
    return Promise.resolve({ keyArn, signature: sign('sha256', message, key) });
  }
}

function manifestOf(startedAt: Date): BackupManifest {
  const archive = (name: string) => ({ name, bytes: 10, sha256: 'a'.repeat(64) });
  return {
    format: 'entrepot backup 1',
    id: newRunId('backup', startedAt),
    ...{ cell: 'in-1', region: 'in' },
    startedAt: startedAt.toISOString(),
    finishedAt: startedAt.toISOString(),
    postgres: { version: '18.4', major: 18 },
    clusters: (['shop', 'vault'] as const).map((cluster) => ({
      ...{ cluster, startLsn: '0/28', stopLsn: '0/100', label: 'START WAL LOCATION' },
      archives: ['base', 'log'].map((part) => archive(`${cluster}.${part}.tar.zst.age`)),
      identity: { keyArn: 'arn:backup', wrapped: 'AAAA' },
    })),
    journal: { seq: 1, digest: 'b'.repeat(64) },
  };
}

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'entrepot-sets-'));
});
afterEach(() => rmSync(home, { recursive: true }));

async function addSet(daysAgo: number): Promise<string> {
  const manifest = manifestOf(new Date(now.getTime() - daysAgo * dayMs));
  const set = new UnfinishedSet(home, manifest.id);
  for (const { archives } of manifest.clusters) {
    for (const { name } of archives) writeFileSync(join(set.folder, name), 'encrypted');
  }
  return set.finish(await sealManifest(manifest, new LocalSigner()), manifestFile);
}

describe('the manifest of a backup', () => {
  it('is read back as it was signed', async () => {
    const set = await addSet(0);
    expect(readManifest(set, keys)).toMatchObject({ cell: 'in-1', journal: { seq: 1 } });
  });

  it('is refused when a word of it was changed, when another signed it, and when it is not there', async () => {
    const set = await addSet(0);
    const file = join(set, manifestFile);
    const text = readFileSync(file, 'utf8');
    const refusal = { fault: 'unsigned' };
    for (const [from, to] of [
      ['"seq": 1', '"seq": 2'],
      ['a'.repeat(64), 'c'.repeat(64)],
      ['"region": "in"', '"region": "eu"'],
      ['"format": "entrepot backup 1"', '"format": "entrepot backup 2"'],
    ] as const) {
      expect(text).toContain(from);
      writeFileSync(file, text.replace(from, to));
      expect(() => readManifest(set, keys)).toThrow(expect.objectContaining(refusal));
    }
    writeFileSync(file, text);
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    const strange = new Map([[keyArn, other.export({ format: 'pem', type: 'spki' }).toString()]]);
    expect(() => readManifest(set, strange)).toThrow(expect.objectContaining(refusal));
    expect(() => readManifest(set, new Map())).toThrow(expect.objectContaining(refusal));
    rmSync(file);
    expect(() => readManifest(set, keys)).toThrow(expect.objectContaining(refusal));
  });
});

describe('a set of backups', () => {
  it('shows only what is whole, and discards what a killed writer left', async () => {
    const whole = await addSet(1);
    const killed = new UnfinishedSet(home, newRunId('backup', now));
    writeFileSync(join(killed.folder, 'writer.json'), '{"pid":0,"startedAt":"gone"}');
    const atWork = new UnfinishedSet(home, newRunId('backup', now));
    const unsigned = join(home, `${newRunId('backup', now)}.partial`);
    mkdirSync(unsigned);
    expect(discardUnfinished(home)).toBe(2);
    expect([existsSync(killed.folder), existsSync(unsigned), existsSync(atWork.folder)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(backupSets(home).map(({ folder }) => folder)).toEqual([whole]);
    expect(readdirSync(whole)).not.toContain('writer.json');
  });

  it('keeps none longer than it may, and the vault in it no longer than the vault may', async () => {
    const [old, middling, young] = [await addSet(36), await addSet(20), await addSet(3)];
    const unreadable = await addSet(37);
    writeFileSync(join(unreadable, manifestFile), '{');
    const pruned = pruneSets({ home, now }, { days: 35, vaultDays: 14 });
    expect([unreadable, old, middling, young].map((folder) => existsSync(folder))).toEqual([
      ...[false, false, true, true],
    ]);
    const vaultOf = (folder: string) =>
      readdirSync(folder).filter((name) => name.startsWith('vault.')).length;
    expect([vaultOf(middling), vaultOf(young)]).toEqual([0, 2]);
    expect(pruned).toEqual({
      sets: ['backup-20261022', 'backup-20261023'].map((day) => expect.stringContaining(day)),
      vaults: [expect.stringContaining('backup-20261108')],
    });
    expect(pruneSets({ home, now }, { days: 35, vaultDays: 14 })).toEqual({
      sets: [],
      vaults: [],
    });
  });

  it('may not be kept for more than 35 days, nor its vault longer than itself', () => {
    const of = { home, now };
    expect(() => pruneSets(of, { days: 36, vaultDays: 14 })).toThrow('35 days');
    expect(() => pruneSets(of, { days: 10, vaultDays: 14 })).toThrow('longer than its set');
  });
});
