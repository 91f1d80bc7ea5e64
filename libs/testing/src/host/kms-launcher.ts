import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isCellId, regionOf } from '@entrepot/kernel';
import { freePort, runtimeOf, startNodeProcess } from '@entrepot/stack';

import type { LaunchedService } from './service-registry.ts';

const principalNames = ['api', 'worker', 'border', 'eraser', 'auditor', 'administrator'] as const;

/**
 * `kms:<cell>:<name>` is an emulator as each cell of the stack has one, for all who know the name;
 * `kms:<cell>:<name>:aws` is one with AWS's rates. A principal per kind of process.
 */
export async function launchKms(runFolder: string, name: string): Promise<LaunchedService> {
  const [, cell = '', , rates = 'off'] = name.split(':');
  if (!isCellId(cell)) throw new TypeError(`"${cell}" is no cell id`);
  const folder = join(runFolder, name.replaceAll(':', '-'));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const principals = principalNames.map((principal) => ({
    name: principal,
    policy: principal,
    accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  }));
  const principalsFile = join(folder, 'principals.json');
  writeFileSync(principalsFile, JSON.stringify({ principals }), { mode: 0o600 });
  const adminSecret = randomBytes(24).toString('base64url');
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const { awsRegion } = runtimeOf(regionOf(cell));
  const [storeFile, auditFile] = [join(folder, 'keys.jsonl'), join(folder, 'audit.jsonl')];
  const service = await startNodeProcess({
    name: `test ${name}`,
    entry: 'apps/kms-emulator/src/main.ts',
    env: {
      ENTREPOT_PROFILE: 'test',
      ENTREPOT_KMS_EMULATOR_HOST: '127.0.0.1',
      ENTREPOT_KMS_EMULATOR_PORT: new URL(endpoint).port,
      ENTREPOT_KMS_EMULATOR_AWS_REGION: awsRegion,
      ENTREPOT_KMS_EMULATOR_STORE_FILE: storeFile,
      ENTREPOT_KMS_EMULATOR_AUDIT_FILE: auditFile,
      ENTREPOT_KMS_EMULATOR_RATES: rates,
      ENTREPOT_KMS_EMULATOR_PRINCIPALS_FILE: principalsFile,
      ENTREPOT_KMS_EMULATOR_ADMIN_SECRET: adminSecret,
    },
    logFile: join(folder, 'emulator.log'),
    readyUrl: `${endpoint}/health`,
  });
  const credentials = Object.fromEntries(
    principals.map(({ name: principal, accessKeyId, secretAccessKey }) => [
      principal,
      { accessKeyId, secretAccessKey },
    ]),
  );
  return {
    services: [service],
    description: { endpoint, awsRegion, adminSecret, storeFile, auditFile, credentials },
  };
}
