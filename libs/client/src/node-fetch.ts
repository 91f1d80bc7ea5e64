import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { Agent, request, type Dispatcher } from 'undici';

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

/** The two declarations of the one class differ in what they are declared by. */
const webStreamOf = (body: Readable): ReadableStream<Uint8Array> => {
  const stream: NodeReadableStream = Readable.toWeb(body);
  return stream as ReadableStream<Uint8Array>;
};

/** A stream of events as it comes, everything else whole. */
const contentOf = async (
  type: string,
  body: Dispatcher.ResponseData['body'],
): Promise<string | ReadableStream<Uint8Array>> =>
  type.startsWith('text/event-stream') ? webStreamOf(body) : body.text();

export interface NodeFetch {
  readonly fetch: typeof globalThis.fetch;
  /** Closes idle connections so that the process can end. */
  close(): Promise<void>;
}

/**
 * A `fetch` for Node. The built-in one cannot be used: on a 421 it repeats the request by itself (Fetch
 * standard §4.6) with a body it has already used up, and fails. This one hands the 421 to the caller,
 * follows no redirect and keeps at most `connections` open per origin, those of streams included.
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
    const [type = ''] = [headers['content-type'] ?? []].flat();
    const content = await contentOf(type, body);
    if (statusCode >= 300 && statusCode < 400 && statusCode !== 304) {
      throw new TypeError(`the server answered with a redirect (${statusCode})`);
    }
    const hasBody = ![204, 205, 304].includes(statusCode);
    const named = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      [value ?? []].flat().map((one) => [name, one]),
    );
    return new Response(hasBody ? content : null, { status: statusCode, headers: named });
  };
  return { fetch, close: () => agent.close() };
}
