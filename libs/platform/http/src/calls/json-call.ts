import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { RequestOptions } from 'node:https';

/** Connection settings, and headers by name. */
export type CallOptions = Omit<RequestOptions, 'headers'> & {
  readonly headers?: Readonly<Record<string, string>>;
};

/** Larger answers are cut off: no peer has that much to say. */
const answerBytesMax = 1024 * 1024;

export interface CallRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** The whole call, from connecting to the last byte of the answer. */
  readonly deadlineMs: number;
}

export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * One JSON call with a deadline over all of it. Only the headers named here are sent: nothing of the
 * request that made us call goes along.
 */
export async function callJson(
  origin: URL,
  call: CallRequest,
  options: CallOptions = {},
): Promise<JsonAnswer> {
  const text = call.body === undefined ? undefined : JSON.stringify(call.body);
  const send = origin.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = send(new URL(call.path, origin), {
    ...options,
    method: call.method,
    headers: { ...options.headers, accept: 'application/json', ...bodyHeaders(text) },
    signal: AbortSignal.timeout(call.deadlineMs),
  });
  const response = await answered(request, text);
  return { status: response.statusCode ?? 0, body: await readJson(response) };
}

const bodyHeaders = (text: string | undefined): Record<string, string> =>
  text === undefined
    ? {}
    : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };

function answered(request: ClientRequest, text: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // stays for as long as the answer is read: an error then is an error of the answer too
    request.on('error', reject);
    request.end(text);
  });
}

async function readJson(response: IncomingMessage): Promise<unknown> {
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
  return size === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
