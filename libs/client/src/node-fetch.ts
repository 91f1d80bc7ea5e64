import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';

/** `*.localhost` is the loopback (RFC 6761 §6.3): browsers know it, the resolver of Debian does not. */
const lookupWithLoopback: LookupFunction = (hostname, options, callback) => {
  if (!/(^|\.)localhost\.?$/i.test(hostname)) {
    lookup(hostname, options, callback);
    return;
  }
  process.nextTick(() => {
    if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
    else callback(null, '127.0.0.1', 4);
  });
};

export interface NodeFetch {
  readonly fetch: typeof globalThis.fetch;
  /** Closes idle connections so that the process can end. */
  close(): Promise<void>;
}

/**
 * A `fetch` for Node. The built-in one cannot be used: on a 421 it repeats the request by itself (Fetch
 * standard §4.6) with a body it has already used up, and fails. This one hands the 421 to the caller,
 * follows no redirect and keeps at most `connections` open per origin.
 */
export function nodeFetch(connections = 64): NodeFetch {
  const agent = new Agent({ connect: { lookup: lookupWithLoopback }, connections });
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const url = input instanceof Request ? input.url : input;
    const { statusCode, headers, body } = await request(url, {
      dispatcher: agent,
      method: (init.method ?? 'GET') as 'GET',
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(typeof init.body === 'string' ? { body: init.body } : {}),
      ...(init.signal ? { signal: init.signal } : {}),
    });
    const text = await body.text();
    if (statusCode >= 300 && statusCode < 400 && statusCode !== 304) {
      throw new TypeError(`the server answered with a redirect (${statusCode})`);
    }
    const hasBody = ![204, 205, 304].includes(statusCode);
    const named = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      [value ?? []].flat().map((one) => [name, one]),
    );
    return new Response(hasBody ? text : null, { status: statusCode, headers: named });
  };
  return { fetch, close: () => agent.close() };
}
