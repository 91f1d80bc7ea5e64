import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const repository = resolve(import.meta.dirname, '../../../..');

export interface ReceivedWebhook {
  readonly body: Buffer;
  readonly headers: IncomingHttpHeaders;
}

export interface BookedCapture {
  readonly reference: string;
  readonly captures: number;
  readonly capturedMinor: number;
}

/** What a gateway needs to know of the sandbox. */
export interface SandboxAddress {
  readonly origin: string;
  readonly secretKey: string;
  readonly webhookSecret: string;
}

/** The provider sandbox as a process of its own, with a listener for its webhooks. */
export class ProviderSandbox implements SandboxAddress {
  private readonly webhooks: ReceivedWebhook[] = [];
  private process: ChildProcess | undefined;
  private address = '';

  private constructor(
    private readonly folder: string,
    private readonly listener: Server,
    readonly secretKey: string,
    readonly webhookSecret: string,
    private readonly adminSecret: string,
  ) {}

  static async start(): Promise<ProviderSandbox> {
    const folder = await mkdtemp(join(tmpdir(), 'entrepot-psp-'));
    const secret = (): string => randomBytes(24).toString('hex');
    const received: { keep?: (webhook: ReceivedWebhook) => void } = {};
    const listener = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.keep?.({ body: Buffer.concat(chunks), headers: request.headers });
        response.end();
      });
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const sandbox = new ProviderSandbox(
      folder,
      listener,
      `key_${secret()}:x${secret()}`,
      secret(),
      secret(),
    );
    received.keep = (webhook) => sandbox.webhooks.push(webhook);
    const { port } = listener.address() as AddressInfo;
    const { secretKey, webhookSecret } = sandbox;
    const webhookUrl = `http://127.0.0.1:${port}/`;
    const accounts = [{ name: 'test', secretKey, webhookSecret, webhookUrl }];
    await writeFile(join(folder, 'accounts.json'), JSON.stringify(accounts), { mode: 0o600 });
    await sandbox.boot();
    return sandbox;
  }

  get origin(): string {
    return this.address;
  }

  /** Killed without warning and started again over the same books, on another port. */
  async crashAndRestart(): Promise<void> {
    await this.end('SIGKILL');
    await this.boot();
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
    this.listener.close();
    this.listener.closeAllConnections();
    await rm(this.folder, { recursive: true, force: true });
  }

  async order(fault: {
    readonly kind: string;
    readonly reference: string;
    readonly delayMs?: number;
  }) {
    await this.admin('POST', '/faults', fault);
  }

  async captures(reference: string): Promise<BookedCapture[]> {
    const { captures } = (await this.admin('GET', '/captures')) as { captures: BookedCapture[] };
    return captures.filter((capture) => capture.reference === reference);
  }

  async payments(reference: string): Promise<readonly { readonly state: string }[]> {
    const path = `/payments?reference=${reference}`;
    return ((await this.admin('GET', path)) as { payments: { state: string }[] }).payments;
  }

  /** Waits for as many webhooks that mention the reference. */
  async webhooksAbout(reference: string, count: number): Promise<ReceivedWebhook[]> {
    for (;;) {
      const found = this.webhooks.filter(({ body }) => body.includes(reference));
      if (found.length >= count) return found;
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }

  private async boot(): Promise<void> {
    const child = spawn(
      process.execPath,
      ['--import', './tools/loader.mjs', 'apps/psp-sandbox/src/main.ts'],
      {
        cwd: repository,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          ENTREPOT_PROFILE: 'test',
          ENTREPOT_PSP_SANDBOX_PORT: '0',
          ENTREPOT_PSP_SANDBOX_BOOKS_FILE: join(this.folder, 'books.jsonl'),
          ENTREPOT_PSP_SANDBOX_ACCOUNTS_FILE: join(this.folder, 'accounts.json'),
          ENTREPOT_PSP_SANDBOX_ADMIN_SECRET: this.adminSecret,
          ENTREPOT_PSP_SANDBOX_ACTION: 'never',
        },
      },
    );
    this.process = child;
    for await (const line of createInterface(child.stdout)) {
      const origin = /^psp-sandbox ready (\S+)$/u.exec(line)?.[1];
      if (origin === undefined) continue;
      this.address = origin;
      return;
    }
    throw new Error('the sandbox ended before it was ready');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    if (child === undefined || child.exitCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  private async admin(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.origin}/sandbox/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.adminSecret}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${path}`);
    return response.json();
  }
}
