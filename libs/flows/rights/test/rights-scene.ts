import { MakeExportJob, TellExportJob } from '@entrepot/flow-rights';
import type { SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Decrypter } from 'age-encryption';
import { strFromU8, unzipSync } from 'fflate';
import { randomUUID } from 'node:crypto';
import { RightsFixture } from './rights-fixture.ts';

export const password = 'correct horse battery staple';
const staff = [
  { email: 'support@staff.example', password, role: 'support' },
  { email: 'officer@staff.example', password, role: 'privacy-officer' },
] as const;

const subjectOfAccount = statement(
  'spec.subject_of_account',
  'SELECT subject_id AS "subject" FROM identity.account WHERE account_id = $1',
);

export interface Call {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: object;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Another process than the first. */
  readonly on?: NestFastifyApplication;
}

export interface Shopper {
  readonly email: string;
  readonly accountId: string;
  readonly subject: SubjectId;
  readonly token: string;
}

/** Shoppers, two members of staff and one worker of a cell, and what they do. */
export class RightsScene {
  #superuser: ShopDatabase | undefined;

  private constructor(
    readonly fixture: RightsFixture,
    readonly api: NestFastifyApplication,
    readonly worker: INestApplicationContext,
    /** Access tokens. */
    readonly staff: { support: string; officer: string },
  ) {}

  static async open(): Promise<RightsScene> {
    const fixture = await RightsFixture.start();
    const worker = await fixture.startWorker();
    const scene = new RightsScene(fixture, await fixture.startApi(), worker, {
      ...{ support: '', officer: '' },
    });
    await fixture.seedStaff(worker, staff);
    scene.staff.support = await scene.signIn('/admin/v1/sessions', staff[0].email);
    scene.staff.officer = await scene.signIn('/admin/v1/sessions', staff[1].email);
    return scene;
  }

  async send(url: string, { method = 'GET', body, token, headers, on = this.api }: Call = {}) {
    return on.inject({
      ...{ method, url },
      ...(body !== undefined && { payload: body }),
      headers: {
        'entrepot-residence': 'IN',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
    });
  }

  async call(url: string, call: Call = {}) {
    const answer = await this.send(url, call);
    const body = answer.body === '' ? {} : answer.json<Record<string, unknown>>();
    return { status: answer.statusCode, body, headers: answer.headers };
  }

  async signIn(url: string, email: string): Promise<string> {
    const { body } = await this.call(url, { method: 'POST', body: { email, password } });
    return String(body['accessToken']);
  }

  async newShopper(facts: Partial<{ fullName: string; language: string }> = {}): Promise<Shopper> {
    const email = `${randomUUID()}@people.example`;
    const body = { email, password, fullName: 'Asha Rao', ...facts };
    const account = await this.call('/v1/accounts', { method: 'POST', body });
    const accountId = String(account.body['id']);
    const [row] = await this.superuser().query<{ subject: SubjectId }>(subjectOfAccount, [
      accountId,
    ]);
    if (row === undefined) throw new Error(`no account: ${JSON.stringify(account.body)}`);
    return { email, accountId, ...row, token: await this.signIn('/v1/sessions', email) };
  }

  superuser(): ShopDatabase {
    this.#superuser ??= this.fixture.stores.shop.open('superuser');
    return this.#superuser;
  }

  askForCopy({ token }: Pick<Shopper, 'token'>, body: object = {}, key: string = randomUUID()) {
    const headers = { 'idempotency-key': key };
    return this.call('/v1/me/exports', { method: 'POST', body, token, headers });
  }

  /** One round of a worker: what its sweeps find, made and told. */
  async work(): Promise<void> {
    for (const Job of [MakeExportJob, TellExportJob]) {
      const job = this.worker.get<MakeExportJob | TellExportJob>(Job, { strict: false });
      for (const payload of await job.rederive()) {
        await job.handle(job.job.schema.parse(payload));
      }
    }
  }

  fetch(path: unknown) {
    return this.send(String(path), { method: 'POST' });
  }
}

/** The files of a fetched copy. Throws where the passphrase is not the one. */
export async function openCopy(
  archive: Buffer,
  passphrase: unknown,
): Promise<ReadonlyMap<string, string>> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(String(passphrase));
  const files = unzipSync(await decrypter.decrypt(archive));
  return new Map(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]));
}
