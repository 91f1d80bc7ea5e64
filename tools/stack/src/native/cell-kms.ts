import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { startNodeProcess } from '../services/node-process.ts';
import type { Step } from '../stage.ts';
import type { CellTopology } from '../topology.ts';
import { runtimeOf } from './region-runtime.ts';
import { ranks } from './stack-context.ts';
import type { StackContext } from './stack-context.ts';

/** Each is a login of its own with the policy of the same name. */
const principals = ['api', 'worker', 'eraser', 'auditor', 'backup', 'administrator'] as const;
export type KmsPrincipal = (typeof principals)[number];

export interface KmsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The shape of AWS's own key ids, so that nothing meets another one in production. */
const newAccessKeyId = (): string => `AKIA${randomBytes(8).toString('hex').toUpperCase()}`;

export const kmsEndpointOf = (context: StackContext, cell: string): string =>
  `http://127.0.0.1:${context.ports.of(cell, 'kms')}`;

export function kmsCredentialsOf(
  context: StackContext,
  cell: string,
  principal: KmsPrincipal,
): KmsCredentials {
  const name = `${cell}/kms/${principal}`;
  return {
    accessKeyId: context.secrets.orMake(`${name}.access-key-id`, newAccessKeyId),
    secretAccessKey: context.secrets.password(`${name}.secret-access-key`),
  };
}

function environmentOf(context: StackContext, cell: CellTopology): Record<string, string> {
  const principalsFile = `${cell.id}/kms/principals.json`;
  const list = principals.map((name) => ({
    name,
    policy: name,
    ...kmsCredentialsOf(context, cell.id, name),
  }));
  context.secrets.write(principalsFile, JSON.stringify({ principals: list }));
  const folder = context.paths.dataOf(cell.id, 'kms');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    ENTREPOT_PROFILE: 'development',
    ENTREPOT_KMS_EMULATOR_HOST: '127.0.0.1',
    ENTREPOT_KMS_EMULATOR_PORT: String(context.ports.of(cell.id, 'kms')),
    ENTREPOT_KMS_EMULATOR_AWS_REGION: runtimeOf(cell.region).awsRegion,
    ENTREPOT_KMS_EMULATOR_STORE_FILE: join(folder, 'keys.jsonl'),
    // in the folder that the border scan looks through and an erasure's evidence is taken from
    ENTREPOT_KMS_EMULATOR_AUDIT_FILE: join(folder, 'audit.jsonl'),
    ENTREPOT_KMS_EMULATOR_PRINCIPALS_FILE: context.secrets.pathOf(principalsFile),
    ENTREPOT_KMS_EMULATOR_ADMIN_SECRET: context.secrets.password(`${cell.id}/kms/clock-secret`),
  };
}

export function kmsStep(context: StackContext, cell: CellTopology): Step {
  const name = `${cell.id} kms`;
  return {
    title: `${cell.id} KMS emulator`,
    run: () =>
      context.supervisor.start({
        name,
        rank: ranks.store,
        start: () =>
          startNodeProcess({
            name,
            entry: 'apps/kms-emulator/src/main.ts',
            env: environmentOf(context, cell),
            logFile: context.paths.logOf(cell.id, 'kms'),
            readyUrl: `${kmsEndpointOf(context, cell.id)}/health`,
          }),
      }),
  };
}
