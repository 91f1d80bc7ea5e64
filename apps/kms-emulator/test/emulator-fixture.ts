import { KMSClient } from '@aws-sdk/client-kms';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditRecord } from '../src/audit/audit-record.ts';
import { policies } from '../src/principals.ts';
import type { PolicyName } from '../src/principals.ts';
import { startEmulator } from '../src/start-emulator.ts';

export const awsRegion = 'eu-central-1';
const adminSecret = randomBytes(32).toString('base64url');

/** Neither limits rates nor writes an audit unless told to. */
interface FixtureSettings {
  readonly rates?: 'aws';
  readonly isAudited?: boolean;
  readonly auditDays?: number;
}
interface ClientOverrides {
  readonly region?: string;
  readonly secretAccessKey?: string;
  readonly maxAttempts?: number;
}

/** A running emulator with one principal per policy, talked to by the real AWS SDK. */
export class EmulatorFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 'kms-emulator-'));
  readonly storeFile = join(this.folder, 'keys.jsonl');
  readonly auditFile = join(this.folder, 'audit.jsonl');
  /** Of the next start. */
  auditDays: number;
  readonly #settings: FixtureSettings;
  readonly #principals = (Object.keys(policies) as PolicyName[]).map((policy) => ({
    name: policy,
    policy,
    accessKeyId: `AKIA${policy.toUpperCase().padEnd(16, '0')}`,
    secretAccessKey: randomBytes(30).toString('base64'),
  }));
  readonly #clients: KMSClient[] = [];
  #emulator: Awaited<ReturnType<typeof startEmulator>> | undefined;

  constructor(settings: FixtureSettings = {}) {
    this.#settings = settings;
    this.auditDays = settings.auditDays ?? 90;
  }

  async start(): Promise<void> {
    const principalsFile = join(this.folder, 'principals.json');
    writeFileSync(principalsFile, JSON.stringify({ principals: this.#principals }), {
      mode: 0o600,
    });
    this.#emulator = await startEmulator({
      host: '127.0.0.1',
      port: 0,
      awsRegion,
      storeFile: this.storeFile,
      principalsFile,
      adminSecret,
      auditFile: this.#settings.isAudited === true ? this.auditFile : undefined,
      auditDays: this.auditDays,
      rates: this.#settings.rates ?? 'off',
    });
  }

  get endpoint(): string {
    if (this.#emulator === undefined) throw new Error('the emulator is not running');
    return this.#emulator.endpoint;
  }

  client(policy: PolicyName, overrides: ClientOverrides = {}) {
    const principal = this.#principals.find((candidate) => candidate.policy === policy);
    if (principal === undefined) throw new Error(`no principal has the policy ${policy}`);
    const secretAccessKey = overrides.secretAccessKey ?? principal.secretAccessKey;
    const client = new KMSClient({
      endpoint: this.endpoint,
      region: overrides.region ?? awsRegion,
      credentials: { accessKeyId: principal.accessKeyId, secretAccessKey },
      maxAttempts: overrides.maxAttempts ?? 1,
    });
    this.#clients.push(client);
    return client;
  }

  advanceClock(days: number, secret = adminSecret): Promise<Response> {
    const advanceSeconds = Math.round(days * 86_400);
    return this.#post('/emulator/clock', { advanceSeconds }, secret);
  }

  setFaults(plan: unknown, secret = adminSecret): Promise<Response> {
    return this.#post('/emulator/faults', plan, secret);
  }

  clearFaults(secret = adminSecret): Promise<Response> {
    const headers = { authorization: `Bearer ${secret}` };
    return fetch(`${this.endpoint}/emulator/faults`, { method: 'DELETE', headers });
  }

  readAudit(query = '', secret = adminSecret): Promise<Response> {
    const headers = { authorization: `Bearer ${secret}` };
    return fetch(`${this.endpoint}/emulator/audit${query}`, { headers });
  }

  async auditOf(keyId: string): Promise<AuditRecord[]> {
    const answer = await this.readAudit(`?keyId=${encodeURIComponent(keyId)}`);
    return ((await answer.json()) as { records: AuditRecord[] }).records;
  }

  /** Files of the emulator's folder that hold the bytes, raw, in base64 or in hexadecimal. */
  filesHolding(secret: Buffer): string[] {
    const forms = [secret, secret.toString('base64'), secret.toString('hex')];
    return readdirSync(this.folder).filter((name) => {
      const content = readFileSync(join(this.folder, name));
      return forms.some((form) => content.includes(form));
    });
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.destroy();
    await this.#emulator?.close();
    this.#emulator = undefined;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }

  #post(path: string, body: unknown, secret: string): Promise<Response> {
    return fetch(`${this.endpoint}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }
}
