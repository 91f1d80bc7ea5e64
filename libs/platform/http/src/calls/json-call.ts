import type { Agent } from 'node:http';
import { exchange } from '@entrepot/platform-egress';
import type { Exchange } from '@entrepot/platform-egress';

export type CallRequest = Pick<Exchange, 'method' | 'deadlineMs'> & {
  readonly path: string;
  readonly body?: unknown;
};

export interface CallOptions {
  readonly agent: Agent;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** One call to a process of ours, in JSON both ways. */
export async function callJson(
  origin: URL,
  { method, path, body, deadlineMs }: CallRequest,
  { agent, headers }: CallOptions,
): Promise<JsonAnswer> {
  const call: Exchange = {
    ...{ method, deadlineMs },
    headers: {
      ...headers,
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  const answer = await exchange(new URL(path, origin), call, agent);
  const isEmpty = answer.body.length === 0;
  return {
    status: answer.status,
    body: isEmpty ? undefined : (JSON.parse(answer.body.toString('utf8')) as unknown),
  };
}
