import { Agent } from 'node:http';
import { codeOf, PeerRefusedError, PeerUnreachableError } from './cell-client.ts';
import { callJson } from './json-call.ts';
import type { CallRequest } from './json-call.ts';

export interface BorderCall extends CallRequest {
  readonly path: `/internal/v1/${string}`;
}

/** Calls the border process of the own cell. Throws as `CellClient` does. */
export abstract class BorderClient {
  abstract call(call: BorderCall): Promise<unknown>;
  abstract close(): void;
}

/** Over the loopback address, with the secret that the two processes share. */
export class HttpBorderClient extends BorderClient {
  private readonly origin: URL;
  private readonly secret: string;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });

  constructor(config: { readonly url: string; readonly secret: string }) {
    super();
    this.origin = new URL(config.url);
    this.secret = config.secret;
  }

  async call(call: BorderCall): Promise<unknown> {
    const answer = await callJson(this.origin, call, {
      agent: this.agent,
      headers: { authorization: `Bearer ${this.secret}` },
    }).catch((cause: unknown) => {
      throw new PeerUnreachableError('the border process did not answer', { cause });
    });
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw new PeerRefusedError(answer.status, codeOf(answer.body));
  }

  close(): void {
    this.agent.destroy();
  }
}
