import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePort, startNodeProcess } from '@entrepot/stack';
import type { RunningService } from '@entrepot/stack';
import { testFolder } from '@entrepot/testing';
import type { TestKms } from '@entrepot/testing';
import { KmsAudit } from './kms-audit.ts';
import type { KmsPlace } from './own-process.ts';

/** A KMS started again, on a copy of its keys, with AWS's default rates. */
export interface RatedKms extends KmsPlace {
  readonly audit: KmsAudit;
  stop(): Promise<void>;
}

/** So that people can be made at the speed of this machine before the rates are on. */
export async function startRated(kms: TestKms): Promise<RatedKms> {
  const folder = testFolder('rated-kms');
  const [storeFile, auditFile] = [join(folder, 'keys.jsonl'), join(folder, 'audit.jsonl')];
  copyFileSync(kms.storeFile, storeFile);
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const service: RunningService = await startNodeProcess({
    name: 'bench kms',
    entry: 'apps/kms-emulator/src/main.ts',
    env: {
      ENTREPOT_PROFILE: 'test',
      ENTREPOT_KMS_EMULATOR_HOST: '127.0.0.1',
      ENTREPOT_KMS_EMULATOR_PORT: new URL(endpoint).port,
      ENTREPOT_KMS_EMULATOR_AWS_REGION: kms.awsRegion,
      ENTREPOT_KMS_EMULATOR_STORE_FILE: storeFile,
      ENTREPOT_KMS_EMULATOR_AUDIT_FILE: auditFile,
      ENTREPOT_KMS_EMULATOR_RATES: 'aws',
      ENTREPOT_KMS_EMULATOR_PRINCIPALS_FILE: join(dirname(kms.storeFile), 'principals.json'),
      ENTREPOT_KMS_EMULATOR_ADMIN_SECRET: kms.adminSecret,
    },
    logFile: join(folder, 'emulator.log'),
    readyUrl: `${endpoint}/health`,
  });
  return {
    ...{ endpoint, awsRegion: kms.awsRegion },
    credentialsFor: (kind) => kms.credentialsFor(kind),
    audit: new KmsAudit(auditFile),
    stop: () => service.stop(),
  };
}
