import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import {
  findKafka,
  freePort,
  kafkaPrincipals,
  recordKafkaClasses,
  StackPaths,
  startKafkaBroker,
  withStackLock,
} from '@entrepot/stack';

import type { LaunchedService } from './service-registry.ts';

/** Fetching and recording write into the folder that stack and tests share. */
async function findPrograms() {
  const { kafkaPrograms, kafkaLock } = new StackPaths();
  return withStackLock(kafkaLock, async () => {
    const program = await findKafka(kafkaPrograms);
    await recordKafkaClasses(program, await freePorts());
    return program;
  });
}

async function freePorts() {
  return { local: await freePort(), border: await freePort(), controller: await freePort() };
}

/** `kafka` is the broker that the run shares; `kafka:<name>` is one of a suite's own. */
export async function launchKafka(runFolder: string, name: string): Promise<LaunchedService> {
  const program = await findPrograms();
  const ports = await freePorts();
  const passwords = new Map<string, string>();
  const passwordOf = (principal: string): string => {
    const password = passwords.get(principal) ?? randomBytes(24).toString('base64url');
    passwords.set(principal, password);
    return password;
  };
  const folder = name.replace(':', '-');
  const broker = await startKafkaBroker({
    name: `test ${name}`,
    program,
    clusterId: randomBytes(16).toString('base64url'),
    ports,
    dataFolder: join(runFolder, folder),
    logFile: join(runFolder, `${folder}.log`),
    peers: [{ cell: 'eu-1', port: ports.border, advertisedPort: ports.border }],
    passwordOf,
  });
  return {
    services: [broker],
    description: {
      brokers: broker.brokers,
      username: kafkaPrincipals.admin,
      password: passwordOf(kafkaPrincipals.admin),
      passwords: Object.fromEntries(passwords),
    },
  };
}
