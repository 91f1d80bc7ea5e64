import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';

const patienceMs = 30_000;
const pauseMs = 250;

export type Headers = Readonly<Record<string, string>>;

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly bytes: number;
}

export interface Call {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly body?: object;
  readonly headers?: Headers;
}

/** An answer that ended what the caller was about to do: `POST carts 503`. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
}

/** Calls of one API over kept connections. */
export class ShopClient {
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    connections: number,
  ) {
    this.agent = new Agent({ connections });
  }

  /** Throws `CallRefused` for every status but 2xx. */
  async done<T>(call: Call): Promise<T> {
    const answer = await this.send<T>(call);
    if (answer.status < 300) return answer.body;
    throw new CallRefused(`${call.method} ${call.path.split('/')[2] ?? ''} ${answer.status}`);
  }

  /**
   * The same of a cell that may be too busy, and says so with 503: asks again for half a minute. Only for
   * calls that may be repeated. `accepted` are other statuses that will do, such as 409 for what is done.
   */
  async patiently<T>(call: Call, accepted: readonly number[] = []): Promise<T> {
    const end = performance.now() + patienceMs;
    for (;;) {
      const { status, body } = await this.send<T>(call);
      if (status < 300 || accepted.includes(status)) return body;
      if (status !== 503 || performance.now() > end) {
        throw new CallRefused(
          `${call.method} ${call.path.split('/').slice(0, 4).join('/')} ${status}`,
        );
      }
      await sleep(pauseMs);
    }
  }

  async send<T>({ method, path, body, headers = {} }: Call): Promise<Answer<T>> {
    const { statusCode, body: answer } = await request(`${this.url}${path}`, {
      dispatcher: this.agent,
      method,
      headers: {
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: statusCode, body: JSON.parse(text) as T, bytes: Buffer.byteLength(text) };
  }

  /** Opens an address of somebody else, such as a page of the provider; answers the status. */
  async visit(url: string): Promise<number> {
    const { statusCode, body } = await request(url, { dispatcher: this.agent });
    await body.dump();
    return statusCode;
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}
