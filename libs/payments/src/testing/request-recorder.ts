import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SandboxAddress } from './provider-sandbox.ts';

/** Stands before the sandbox and notes which fields and headers come by. */
export class RequestRecorder {
  private readonly fields = new Set<string>();
  private readonly headers = new Set<string>();
  private readonly server: Server;

  private constructor(private readonly target: string) {
    this.server = createServer((request, response) => void this.pass(request, response));
  }

  static async before(target: string): Promise<RequestRecorder> {
    const recorder = new RequestRecorder(target);
    recorder.server.listen(0, '127.0.0.1');
    await once(recorder.server, 'listening');
    return recorder;
  }

  get fieldNames(): string[] {
    return [...this.fields].sort();
  }

  get headerNames(): string[] {
    return [...this.headers].sort();
  }

  inFrontOf({ secretKey, webhookSecret }: SandboxAddress): SandboxAddress {
    const { port } = this.server.address() as AddressInfo;
    return { origin: `http://127.0.0.1:${port}`, secretKey, webhookSecret };
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const type = request.headers['content-type'] ?? '';
    for (const name of Object.keys(request.headers)) this.headers.add(name);
    for (const name of type.includes('json') ? jsonFields(body) : formFields(body)) {
      this.fields.add(name);
    }
    const answer = await fetch(`${this.target}${request.url ?? ''}`, {
      method: request.method ?? 'GET',
      headers: {
        authorization: request.headers.authorization ?? '',
        ...(type !== '' && { 'content-type': type }),
      },
      ...(body !== '' && { body }),
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(await answer.text());
  }
}

const formFields = (body: string): string[] => [...new URLSearchParams(body).keys()];

function jsonFields(body: string): string[] {
  const names = (value: unknown, path: string): string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, below]) =>
          names(below, path === '' ? key : `${path}.${key}`),
        )
      : [path];
  return body === '' ? [] : names(JSON.parse(body), '');
}
