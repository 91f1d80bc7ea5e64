import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';

import { findRedis, freePort, SecretStore, StackPaths, startRedis } from '@entrepot/stack';
import type { RunningService } from '@entrepot/stack';

describe('Redis of a cell', () => {
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-redis-'));
  const secrets = new SecretStore(join(folder, 'secrets'));
  let port = 0;
  let service: RunningService;

  const start = async () =>
    startRedis({
      name: 'redis',
      program: await findRedis(new StackPaths().redisPrograms),
      port,
      dataFolder: join(folder, 'data'),
      logFile: join(folder, 'redis.log'),
      operator: { name: 'operator', password: secrets.password('operator') },
      users: [{ name: 'api', password: secrets.password('api') }],
    });

  async function ask<T>(login: string, question: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(`redis://${login}127.0.0.1:${port}`, { maxRetriesPerRequest: 0 });
    // The refusal of a login comes as an event as well as with the first answer.
    redis.on('error', () => undefined);
    try {
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  }
  const asApi = <T>(question: (redis: Redis) => Promise<T>) =>
    ask(`api:${secrets.password('api')}@`, question);

  beforeAll(async () => {
    port = await freePort();
    service = await start();
  }, 120_000);
  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  it('refuses whoever brings no login', async () => {
    await expect(ask('', (redis) => redis.get('a'))).rejects.toThrow(/NOAUTH/);
  });

  it('gives a process its data and scripts, and nothing of the server', async () => {
    expect(await asApi((redis) => redis.eval("return redis.call('SET', 'a', '1')", 0))).toBe('OK');
    await expect(asApi((redis) => redis.config('GET', 'dir'))).rejects.toThrow(/NOPERM/);
    await expect(asApi((redis) => redis.flushall())).rejects.toThrow(/NOPERM/);
    await expect(asApi((redis) => redis.call('ACL', 'LIST'))).rejects.toThrow(/NOPERM/);
  });

  it('evicts nothing', async () => {
    const operator = `operator:${secrets.password('operator')}@`;
    const answer = await ask(operator, (redis) => redis.config('GET', 'maxmemory-policy'));
    expect(answer).toEqual(['maxmemory-policy', 'noeviction']);
  });

  it('keeps what was written over an orderly restart', async () => {
    await asApi((redis) => redis.set('kept', 'yes'));
    await service.stop();
    service = await start();
    expect(await asApi((redis) => redis.get('kept'))).toBe('yes');
  });

  it('stores no password in the clear, and secrets for their owner only', () => {
    const users = readFileSync(join(folder, 'data', 'users.acl'), 'utf8');
    expect(users).not.toContain(secrets.password('api'));
    expect(statSync(secrets.pathOf('api')).mode & 0o777).toBe(0o600);
  });
});
