import { requestService } from './service-client.ts';

export interface KmsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export type KmsPrincipal = 'api' | 'worker' | 'border' | 'eraser' | 'auditor' | 'administrator';

export interface TestKmsOptions {
  /** Whose emulator; `in-1` when left out. */
  readonly cell?: string;
  /** A name for an emulator of its own. For suites that set faults: they strike all who use it. */
  readonly ownServer?: string;
  /** Throttle as AWS does by default; only for an emulator of its own. */
  readonly rates?: 'aws';
}

/** What shall go wrong; `apps/kms-emulator/src/faults/fault-plan.ts` says what each member does. */
export interface KmsFaultPlan {
  readonly throttle?: {
    readonly operations: readonly string[];
    readonly share: number;
    readonly seed: number;
  };
  readonly staleState?: { readonly seconds: number };
  readonly latency?: { readonly milliseconds: number; readonly operations: readonly string[] };
  readonly unavailable?: { readonly seconds: number };
}

/** What a suite reads of a record of the audit, which has CloudTrail's shape. */
export interface KmsAuditRecord {
  readonly eventName: string;
  readonly eventTime: string;
  readonly eventID: string;
  readonly errorCode?: string;
  readonly userIdentity: Readonly<Record<string, string>>;
  readonly requestParameters: {
    readonly keyId?: string;
    readonly encryptionContext?: Readonly<Record<string, string>>;
  } | null;
}

interface KmsDescription {
  readonly endpoint: string;
  readonly awsRegion: string;
  readonly adminSecret: string;
  readonly storeFile: string;
  readonly auditFile: string;
  readonly credentials: Readonly<Record<KmsPrincipal, KmsCredentials>>;
}

/** The KMS emulator of a cell. */
export class TestKms {
  readonly endpoint: string;
  readonly awsRegion: string;
  /** Bearer secret of the addresses under `/emulator`. */
  readonly adminSecret: string;
  /** Where the emulator keeps its keys, for tests that look for key bytes. */
  readonly storeFile: string;
  readonly auditFile: string;

  constructor(
    private readonly description: KmsDescription,
    private readonly isOwn: boolean,
  ) {
    this.endpoint = description.endpoint;
    this.awsRegion = description.awsRegion;
    this.adminSecret = description.adminSecret;
    this.storeFile = description.storeFile;
    this.auditFile = description.auditFile;
  }

  credentialsFor(principal: KmsPrincipal): KmsCredentials {
    return this.description.credentials[principal];
  }

  /** What a client needs to be this principal. */
  accessFor(principal: KmsPrincipal) {
    const { endpoint, awsRegion } = this;
    return { endpoint, awsRegion, ...this.credentialsFor(principal) };
  }

  /** From now on, in place of the plan before. */
  async setFaults(plan: KmsFaultPlan): Promise<void> {
    if (!this.isOwn) throw new Error('faults strike every suite: name an emulator of its own');
    await this.administer('POST', '/emulator/faults', plan);
  }

  async clearFaults(): Promise<void> {
    await this.administer('DELETE', '/emulator/faults');
  }

  /** What was done with a key and to it, named by its id or ARN; oldest first. */
  async audit(keyId: string): Promise<readonly KmsAuditRecord[]> {
    const path = `/emulator/audit?keyId=${encodeURIComponent(keyId)}`;
    const answer = await this.administer('GET', path);
    return ((await answer.json()) as { records: KmsAuditRecord[] }).records;
  }

  private async administer(method: string, path: string, body?: object): Promise<Response> {
    const answer = await fetch(`${this.endpoint}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.adminSecret}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}`);
    return answer;
  }
}

/** Suites of one worker come one after another: a clock that one of them moves moves under no other. */
const sharedServer = `worker-${process.env['JEST_WORKER_ID'] ?? '1'}`;

/** The KMS emulator of a cell, shared by the suites of a worker unless it is to be one's own. */
export async function testKms({
  cell = 'in-1',
  ownServer,
  rates,
}: TestKmsOptions = {}): Promise<TestKms> {
  if (rates !== undefined && ownServer === undefined) {
    throw new Error('rates strike every suite: name an emulator of its own');
  }
  const parts = ['kms', cell, ownServer ?? sharedServer, rates];
  const name = parts.filter((part) => part !== undefined).join(':');
  return new TestKms(await requestService<KmsDescription>(name), ownServer !== undefined);
}
