import { requestService } from './service-client.ts';

export interface TestRedis {
  /** With a login that may do what the application's may. */
  readonly url: string;
  /** Another one at every call: suites share the server. */
  readonly keyPrefix: string;
}

export async function testRedis(): Promise<TestRedis> {
  const { url } = await requestService<{ url: string }>('redis');
  return { url, keyPrefix: `test-${crypto.randomUUID()}:` };
}
