import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { findRedis, freePort, StackPaths, startRedis } from '@entrepot/stack';

import type { LaunchedService } from './service-registry.ts';

export async function launchRedis(runFolder: string): Promise<LaunchedService> {
  const program = await findRedis(new StackPaths().redisPrograms);
  const port = await freePort();
  const newPassword = (): string => randomBytes(24).toString('base64url');
  const user = { name: 'test', password: newPassword() };
  const service = await startRedis({
    name: 'test Redis',
    program,
    port,
    dataFolder: join(runFolder, 'redis'),
    logFile: join(runFolder, 'redis.log'),
    operator: { name: 'operator', password: newPassword() },
    users: [user],
  });
  const url = `redis://${user.name}:${user.password}@127.0.0.1:${port}`;
  return { services: [service], description: { url } };
}
