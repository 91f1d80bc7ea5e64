import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { makeAnswerIdentity } from '@entrepot/platform-opendsr/testing';

const repository = resolve(import.meta.dirname, '../../../../..');

export interface SandboxLetter {
  readonly messageId: string;
  readonly to: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The mail sandbox as a process of its own. */
export class MailSandbox {
  readonly user = 'in-1';
  readonly password = randomBytes(24).toString('hex');
  readonly #adminSecret = randomBytes(24).toString('hex');
  readonly #folder = mkdtempSync(join(tmpdir(), 'entrepot-mail-'));
  #process: ChildProcess | undefined;
  origin = '';
  smtpUrl = '';

  static async start(): Promise<MailSandbox> {
    const sandbox = new MailSandbox();
    const { privateKeyPem, certificatePem } = await makeAnswerIdentity();
    writeFileSync(join(sandbox.#folder, 'key.pem'), privateKeyPem, { mode: 0o600 });
    writeFileSync(join(sandbox.#folder, 'certificate.pem'), certificatePem);
    await sandbox.#boot();
    return sandbox;
  }

  get certificatePem(): string {
    return readFileSync(join(this.#folder, 'certificate.pem'), 'utf8');
  }

  /** Everything that it has on disk. */
  get stored(): string {
    return readFileSync(join(this.#folder, 'letters', 'letters.jsonl'), 'utf8');
  }

  async lettersTo(address: string): Promise<readonly SandboxLetter[]> {
    const path = `/letters?address=${encodeURIComponent(address)}`;
    const { letters } = (await this.#admin('GET', path)) as { letters: SandboxLetter[] };
    return letters;
  }

  async order(fault: {
    readonly kind: string;
    readonly times?: number;
    readonly delayMs?: number;
  }) {
    await this.#admin('POST', '/smtp-faults', fault);
  }

  async orderErasureFault(fault: { readonly kind: string; readonly times?: number }) {
    await this.#admin('POST', '/erasure-faults', fault);
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child?.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #boot(): Promise<void> {
    const child = spawn(
      process.execPath,
      ['--import', './tools/loader.mjs', 'apps/mail-sandbox/src/main.ts'],
      {
        cwd: repository,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          ENTREPOT_PROFILE: 'test',
          ENTREPOT_MAIL_SANDBOX_SMTP_PORT: '0',
          ENTREPOT_MAIL_SANDBOX_HTTP_PORT: '0',
          ENTREPOT_MAIL_SANDBOX_FOLDER: join(this.#folder, 'letters'),
          ENTREPOT_MAIL_SANDBOX_USER: this.user,
          ENTREPOT_MAIL_SANDBOX_PASSWORD: this.password,
          ENTREPOT_MAIL_SANDBOX_ADMIN_SECRET: this.#adminSecret,
          ENTREPOT_MAIL_SANDBOX_KEY_FILE: join(this.#folder, 'key.pem'),
          ENTREPOT_MAIL_SANDBOX_CERTIFICATE_FILE: join(this.#folder, 'certificate.pem'),
        },
      },
    );
    this.#process = child;
    for await (const line of createInterface(child.stdout)) {
      const [, origin, smtpUrl] = /^mail-sandbox ready (\S+) (\S+)$/u.exec(line) ?? [];
      if (origin === undefined || smtpUrl === undefined) continue;
      this.origin = origin;
      this.smtpUrl = smtpUrl;
      return;
    }
    throw new Error('the sandbox ended before it was ready');
  }

  async #admin(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.origin}/sandbox/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#adminSecret}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${path}`);
    return response.json();
  }
}
