import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { EgressRefusedError } from './egress-list.ts';

/** Larger answers are cut off: nobody has that much to say. */
const answerBytesMax = 1024 * 1024;

export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The whole call, from the look-up to the last byte of the answer. */
  readonly deadlineMs: number;
}

export interface ExchangeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * One call with a deadline over all of it. Only the headers named here are sent: nothing of the
 * request that made us call goes along. Nothing is followed.
 */
export async function exchange(
  url: URL,
  { method, headers, body, deadlineMs }: Exchange,
  agent?: RequestOptions['agent'],
): Promise<ExchangeAnswer> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = send(url, {
    ...{ method, agent },
    headers: { ...headers, ...(body !== undefined && lengthOf(body)) },
    signal: AbortSignal.timeout(deadlineMs),
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    // stays for as long as the answer is read: an error then is an error of the answer too
    request.on('error', reject);
    request.end(body);
  });
  const bytes = await bytesOf(response, url);
  return { status: response.statusCode ?? 0, headers: response.headers, body: bytes };
}

const lengthOf = (body: string): Record<string, string> => ({
  'content-length': String(Buffer.byteLength(body)),
});

async function bytesOf(response: IncomingMessage, { hostname }: URL): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > answerBytesMax) {
      response.destroy();
      throw new EgressRefusedError('ANSWER_TOO_LONG', hostname);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
