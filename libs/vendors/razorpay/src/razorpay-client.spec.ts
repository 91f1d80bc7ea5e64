import { describe, expect, it } from '@jest/globals';
import Razorpay from 'razorpay';
import { razorpayClient } from './razorpay-client.ts';

interface Inner {
  readonly rq: { readonly defaults: { readonly baseURL?: string; readonly timeout?: number } };
}
const innerOf = (client: Razorpay): Inner['rq'] => (client.api as unknown as Inner).rq;

describe('the razorpay library', () => {
  it('still keeps its HTTP client, and its fixed host, where we set the base URL', () => {
    const untouched = new Razorpay({ key_id: 'key', key_secret: 'secret' });
    expect(innerOf(untouched).defaults.baseURL).toBe('https://api.razorpay.com');
    const client = razorpayClient({
      baseUrl: 'http://127.0.0.1:9',
      secretKey: 'key:secret',
      timeoutMs: 500,
    });
    expect(innerOf(client).defaults).toMatchObject({ baseURL: 'http://127.0.0.1:9', timeout: 500 });
  });

  it('says that nothing came back, instead of failing while it reads what is not there', async () => {
    const client = razorpayClient({
      baseUrl: 'http://127.0.0.1:9',
      secretKey: 'key:secret',
      timeoutMs: 500,
    });
    await expect(client.payments.fetch('pay_1')).rejects.toMatchObject({ statusCode: 0 });
  });
});
