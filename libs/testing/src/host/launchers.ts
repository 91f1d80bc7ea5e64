import { launchKafka } from './kafka-launcher.ts';
import { launchKms } from './kms-launcher.ts';
import { launchPostgres, launchPostgresPair } from './postgres-launcher.ts';
import { launchRedis } from './redis-launcher.ts';
import type { LaunchedService } from './service-registry.ts';

export type Launcher = (runFolder: string, name: string) => Promise<LaunchedService>;

/** By the part of the name before the colon. */
const launchers: Readonly<Record<string, Launcher>> = {
  postgres: launchPostgres,
  'postgres-pair': launchPostgresPair,
  redis: launchRedis,
  kafka: launchKafka,
  kms: launchKms,
};

export function launcherOf(name: string): Launcher {
  const launcher = launchers[name.split(':')[0] ?? ''];
  if (launcher === undefined) throw new Error(`there is no test service called ${name}`);
  return launcher;
}
