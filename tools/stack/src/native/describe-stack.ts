import { join } from 'node:path';

import type { DescribedCell, StackDescription } from '../stack-description.ts';
import type { CellTopology } from '../topology.ts';
import { kafkaBrokersOf } from './cell-kafka.ts';
import { kmsEndpointOf } from './cell-kms.ts';
import { mailAdminSecretName, mailOriginOf } from './cell-mail.ts';
import { demoPeopleOf } from './demo-people.ts';
import { apiOriginsOf, originOf } from './cells-file.ts';
import { pspAdminSecretName, pspOriginOf } from './psp-sandbox.ts';
import type { StackContext } from './stack-context.ts';

export const controlSecretName = 'control-secret';

function metricsOriginsOf(context: StackContext, cell: string): Record<string, string> {
  const apis = Array.from({ length: context.apiProcesses }, (_, index) => `api-${index + 1}`);
  const processes = [...apis, 'worker', 'border', 'eraser'];
  return Object.fromEntries(
    processes.map((process) => [
      process,
      `http://127.0.0.1:${context.ports.of(cell, `${process}-metrics`)}`,
    ]),
  );
}

function describeCell(context: StackContext, cell: CellTopology): DescribedCell {
  const databases = ['catalog', 'shop', 'shop-standby', 'vault', 'vault-standby'];
  const metricsOrigins = metricsOriginsOf(context, cell.id);
  return {
    id: cell.id,
    region: cell.region,
    origin: originOf(context, cell.id),
    apiOrigins: apiOriginsOf(context, cell.id),
    cellsFile: context.paths.cellsSeenBy(cell.id),
    metricsOrigin: metricsOrigins['api-1'] ?? '',
    metricsOrigins,
    databasePorts: Object.fromEntries(
      databases.map((name) => [name, context.ports.of(cell.id, name)]),
    ),
    redisPort: context.ports.of(cell.id, 'redis'),
    kafkaBrokers: kafkaBrokersOf(context, cell.id),
    kmsEndpoint: kmsEndpointOf(context, cell.id),
    mailOrigin: mailOriginOf(context, cell.id),
    mailAdminSecretFile: context.secrets.pathOf(mailAdminSecretName(cell.id)),
    logs: join(context.paths.logs, cell.id),
    data: join(context.paths.data, cell.id),
    secrets: join(context.paths.secrets, cell.id),
  };
}

export function describeStack(context: StackContext): StackDescription {
  const people = context.topology.map((cell) => demoPeopleOf(context, cell));
  return {
    supervisorPid: process.pid,
    startedAt: new Date().toISOString(),
    keyDriver: context.keyDriver,
    controlOrigin: `http://127.0.0.1:${context.ports.shared('control')}`,
    controlSecretFile: context.secrets.pathOf(controlSecretName),
    cellsFile: context.paths.cells,
    pspOrigin: pspOriginOf(context),
    pspAdminSecretFile: context.secrets.pathOf(pspAdminSecretName),
    cells: context.topology.map((cell) => describeCell(context, cell)),
    shoppers: people.flatMap(({ shoppers }) => shoppers),
    staff: people.flatMap(({ staff }) => staff),
  };
}
