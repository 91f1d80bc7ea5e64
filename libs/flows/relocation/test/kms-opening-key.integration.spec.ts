import { CreateKeyCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { twoCells } from '@entrepot/identity/testing';
import type { TwoCells } from '@entrepot/identity/testing';
import { AwsKeyService } from '@entrepot/privacy';
import { testKms } from '@entrepot/testing';
import { createPublicKey } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KmsOpeningKey } from '../src/adapters/kms-opening-key.ts';

describe('The sealing key of a cell', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sealing-'));
  const path = join(folder, 'sealing-key.json');
  let cells: TwoCells;
  let kms: AwsKeyService;
  let plain: Buffer;

  beforeAll(async () => {
    cells = await twoCells();
    const service = await testKms();
    kms = new AwsKeyService(service.accessFor('api'));
    const { endpoint, awsRegion, ...credentials } = service.accessFor('administrator');
    const client = new KMSClient({ endpoint, region: awsRegion, credentials });
    const { kid, key } = cells.openingKeys.get(cells.home) ?? {};
    plain = key?.export({ format: 'der', type: 'pkcs8' }) ?? Buffer.alloc(0);
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    const { CiphertextBlob } = await client.send(
      new EncryptCommand({
        ...{ KeyId: KeyMetadata?.Arn, Plaintext: plain },
        EncryptionContext: { cell: cells.home, purpose: 'relocation' },
      }),
    );
    client.destroy();
    const wrapped = Buffer.from(CiphertextBlob ?? []).toString('base64');
    writeFileSync(path, JSON.stringify({ kid, keyArn: KeyMetadata?.Arn, wrapped }), {
      mode: 0o600,
    });
  });
  afterAll(() => {
    kms.close();
    rmSync(folder, { recursive: true });
  });

  const read = (cell = cells.home) =>
    KmsOpeningKey.read(path, { cell, directory: cells.directory, kms });

  it('comes out of the KMS as the one that is pinned, and lies nowhere in its file', async () => {
    const { x, y } = createPublicKey(await read().key()).export({ format: 'jwk' });
    const [pinned] = cells.directory.get(cells.home).sealingKeys;
    expect({ x, y }).toEqual({ x: pinned?.x, y: pinned?.y });
    const written = JSON.parse(readFileSync(path, 'utf8')) as { wrapped: string };
    expect(Buffer.from(written.wrapped, 'base64').includes(plain.subarray(-32))).toBe(false);
  });

  it('is refused where others can read its file, and where nobody seals to it', () => {
    expect(() => read(cells.other)).toThrow(/is not pinned for cell eu-1/);
    chmodSync(path, 0o644);
    expect(() => read()).toThrow(/must have mode 0600/);
    chmodSync(path, 0o600);
  });

  it('is given to the cell that it was wrapped for and to no other', async () => {
    const { kid } = JSON.parse(readFileSync(path, 'utf8')) as { kid: string };
    const [own] = cells.directory.get(cells.other).sealingKeys;
    const content = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(path, JSON.stringify({ ...content, kid: own?.kid }));
    await expect(read(cells.other).key()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    writeFileSync(path, JSON.stringify({ ...content, kid }));
  });
});
