import type { EgressAgents } from '@entrepot/platform-egress';
import Razorpay from 'razorpay';

export interface RazorpayConnection {
  /** `https://api.razorpay.com`, or the sandbox. */
  readonly baseUrl: string;
  /** `key_id:key_secret`. */
  readonly secretKey: string;
  readonly timeoutMs: number;
  /** The way out of the process; its own connections without it. */
  readonly agents?: EgressAgents;
}

/** The part of the library's inner axios instance that we set. */
interface InnerHttpClient {
  readonly defaults: {
    baseURL?: string;
    timeout?: number;
    maxRedirects?: number;
  } & Partial<EgressAgents>;
  readonly interceptors: {
    readonly response: { use(answered: undefined, failed: (error: unknown) => never): void };
  };
}

/** What the library throws: the provider's refusal, or status 0 when nothing came back. */
export interface RazorpayFailure {
  readonly statusCode: number;
  readonly error: {
    readonly code?: string;
    readonly description?: string;
    readonly reason?: string;
    readonly metadata?: { readonly payment_id?: string };
  };
}

/**
 * Razorpay's own library, with what it offers no option for: the address of the API, a time
 * limit, a way out, and an error for a connection that broke (its own handler reads the response of a request that
 * has none, and throws a TypeError instead).
 */
export function razorpayClient({
  baseUrl,
  secretKey,
  timeoutMs,
  agents,
}: RazorpayConnection): Razorpay {
  const [key_id = '', key_secret = ''] = secretKey.split(':', 2);
  const client = new Razorpay({ key_id, key_secret });
  const http = innerHttpClient(client);
  Object.assign(http.defaults, {
    baseURL: baseUrl,
    timeout: timeoutMs,
    maxRedirects: 0,
    ...agents,
  });
  http.interceptors.response.use(undefined, (error) => {
    if (hasResponse(error)) throw error;
    throw Object.assign(new Error('no answer'), { response: { status: 0, data: { error: {} } } });
  });
  return client;
}

/** Checked by a spec: if a release of the library moves it, this fails at start-up, not at the first sale. */
function innerHttpClient(client: Razorpay): InnerHttpClient {
  const { rq } = client.api as unknown as { readonly rq?: InnerHttpClient };
  if (rq?.defaults.baseURL === undefined) {
    throw new Error('this release of the razorpay library keeps its HTTP client elsewhere');
  }
  return rq;
}

function hasResponse(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('response' in error)) return false;
  const { response } = error as { readonly response?: { readonly data?: { error?: unknown } } };
  // a proxy's page is no refusal of the provider
  return typeof response?.data?.error === 'object';
}

export function isRazorpayFailure(error: unknown): error is RazorpayFailure {
  return typeof error === 'object' && error !== null && 'statusCode' in error && 'error' in error;
}
