import { loopbackLookup } from '@entrepot/platform-config';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

const answerBytesMax = 256 * 1024;

export interface EgressOptions {
  /** Where a call may go: `https://api.processor.example`, nothing behind the port. */
  readonly origins: readonly string[];
  /** In development and tests the other side is a sandbox on this machine, over plain HTTP. */
  readonly sandboxes: boolean;
}

export interface EgressCall {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The whole call, from the first look-up to the last byte of the answer. */
  readonly deadlineMs: number;
}

export interface EgressAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type EgressRefusal = 'HOST_NOT_LISTED' | 'NOT_TLS' | 'ADDRESS_NOT_PUBLIC' | 'REDIRECT';

/** The call was not made, or its answer led elsewhere. The message names no address. */
export class EgressRefusedError extends Error {
  override readonly name = 'EgressRefusedError';
  readonly code: EgressRefusal;

  constructor(code: EgressRefusal) {
    super(`a call out of the cell was refused: ${code}`);
    this.code = code;
  }
}

/**
 * The one way of a worker to hosts outside of the cell that it speaks HTTP with itself: only to the origins
 * of the region's list, over TLS, to the address that was looked up and found to be public, and wherever an
 * answer points, nobody follows.
 */
export class EgressClient {
  readonly #origins: ReadonlySet<string>;
  readonly #sandboxes: boolean;

  constructor({ origins, sandboxes }: EgressOptions) {
    this.#origins = new Set(origins.map((origin) => new URL(origin).origin));
    this.#sandboxes = sandboxes;
  }

  /** Throws EgressRefusedError, and what a connection throws. */
  async call({ method, url, headers, body, deadlineMs }: EgressCall): Promise<EgressAnswer> {
    this.#refuse(url);
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, {
      method,
      headers: { ...headers, ...(body !== undefined && lengthOf(body)) },
      lookup: this.#lookup,
      agent: false,
      signal: AbortSignal.timeout(deadlineMs),
    });
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.on('error', reject);
      request.end(body);
    });
    const status = response.statusCode ?? 0;
    if (status >= 300 && status < 400) {
      response.destroy();
      throw new EgressRefusedError('REDIRECT');
    }
    return { status, headers: response.headers, body: await bytesOf(response) };
  }

  #refuse(url: URL): void {
    if (!this.#origins.has(url.origin)) throw new EgressRefusedError('HOST_NOT_LISTED');
    if (url.protocol !== 'https:' && !this.#sandboxes) throw new EgressRefusedError('NOT_TLS');
    const literal = url.hostname.replace(/^\[(?<address>.*)\]$/, '$<address>');
    // a name is judged by the address that it turns out to have
    if (isIP(literal) !== 0 && !this.#isAllowed(literal)) {
      throw new EgressRefusedError('ADDRESS_NOT_PUBLIC');
    }
  }

  #isAllowed(address: string): boolean {
    return this.#sandboxes ? isLoopbackAddress(address) : isPublicAddress(address);
  }

  /** What is connected to is the very address that was judged: nothing is looked up twice. */
  readonly #lookup: LookupFunction = (hostname, options, callback) => {
    loopbackLookup(hostname, { ...options, all: true }, (error, found) => {
      const addresses = Array.isArray(found) ? found : [];
      const [first] = addresses;
      if (error !== null || first === undefined) {
        callback(error ?? new Error('the host has no address'), '', 4);
      } else if (!addresses.every(({ address }) => this.#isAllowed(address))) {
        callback(new EgressRefusedError('ADDRESS_NOT_PUBLIC'), '', 4);
      } else if (options.all === true) {
        callback(null, addresses);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}

const lengthOf = (body: string): Record<string, string> => ({
  'content-length': String(Buffer.byteLength(body)),
});

async function bytesOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > answerBytesMax) {
      response.destroy();
      throw new RangeError(`the answer is larger than ${answerBytesMax} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
