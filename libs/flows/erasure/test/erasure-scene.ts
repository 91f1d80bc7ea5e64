import type { INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { statement } from '@entrepot/platform-database';
import { DriveErasureJob } from '@entrepot/flow-erasure';
import type { StaffRole } from '@entrepot/identity';
import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { SoftwareAuthenticator } from '@entrepot/platform-webauthn/testing';
import { approvalChallenge, MoveToOpenEpoch, OpenKeyEpoch, RequestKeys } from '@entrepot/privacy';
import { setTimeout as sleep } from 'node:timers/promises';
import { ErasureFixture } from './erasure-fixture.ts';
import type { ErasureFixtureOptions } from './erasure-fixture.ts';

export const fullName = 'Canary Forgotten';
export const password = 'correct horse battery staple';
const workMsMax = 30_000;
const lookEveryMs = 100;
/** One day more than the shortest waiting period of KMS. */
const windowDays = 8;
export const officerEmails = ['first@officers.example', 'second@officers.example'];

const epochDue = statement(
  'spec.epoch_due',
  'UPDATE vault.key_epoch SET due_at = now() WHERE closed_at IS NULL',
);
const subjectOfAccount = statement(
  'spec.subject_of_account',
  'SELECT subject_id AS "subject" FROM identity.account WHERE account_id = $1',
);

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: object | undefined;
  readonly token?: string | undefined;
  /** Another process than the first. */
  readonly on?: NestFastifyApplication;
}

export interface Shopper {
  readonly email: string;
  readonly accountId: string;
  readonly subject: SubjectId;
  readonly token: string;
}

/** Shoppers, two officers and one worker of a cell, and what they do. */
export class ErasureScene {
  #shoppers = 0;
  #officers = 0;
  /** By access token: the passkey of whom it stands for. */
  readonly authenticators = new Map<string, SoftwareAuthenticator>();

  private constructor(
    readonly fixture: ErasureFixture,
    readonly api: NestFastifyApplication,
    readonly worker: INestApplicationContext,
    /** Access tokens. */
    readonly officers: string[],
  ) {}

  static async open(options?: ErasureFixtureOptions): Promise<ErasureScene> {
    const fixture = await ErasureFixture.start(options);
    const worker = await fixture.startWorker();
    const scene = new ErasureScene(fixture, await fixture.startApi(), worker, []);
    await fixture.seedOfficers(worker, password, officerEmails);
    for (const email of officerEmails) {
      const token = await scene.signIn('/admin/v1/sessions', email);
      scene.officers.push(token);
      scene.authenticators.set(token, await scene.givePasskey(token));
    }
    return scene;
  }

  async call(url: string, { method = 'GET', body, token, on = this.api }: Call = {}) {
    const answer = await on.inject({
      ...{ method, url },
      ...(body !== undefined && { payload: body }),
      headers: {
        'entrepot-residence': 'IN',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  }

  async signIn(url: string, email: string): Promise<string> {
    const { body } = await this.call(url, { method: 'POST', body: { email, password } });
    return String(body['accessToken']);
  }

  /** Registers a passkey in software, as a browser does. */
  async givePasskey(token: string): Promise<SoftwareAuthenticator> {
    const authenticator = SoftwareAuthenticator.at(this.origin);
    const { status, body } = await this.addPasskey(authenticator, token);
    if (status !== 201) throw new Error(`no passkey: ${JSON.stringify(body)}`);
    return authenticator;
  }

  /** As a browser does; `voucher` is a passkey that the person has. */
  async addPasskey(
    authenticator: SoftwareAuthenticator,
    token: string,
    voucher?: SoftwareAuthenticator,
  ) {
    const post = (path: string, body?: object) =>
      this.call(`/admin/v1/passkeys${path}`, { method: 'POST', body, token });
    const options = await post('/options');
    if (options.status !== 200) return options;
    const credential = authenticator.create(options.body as never);
    if (voucher === undefined) return post('', { credential });
    const asked = await post('/vouching/options', { credential });
    return post('', { credential, vouching: voucher.get(asked.body as never) });
  }

  /** Another member of staff, without a passkey; answers their access token. */
  async newOfficer(...roles: StaffRole[]): Promise<string> {
    const email = `officer${++this.#officers}@officers.example`;
    const held = roles.length > 0 ? roles : (['privacy-officer'] as const);
    await this.fixture.seedOfficers(this.worker, password, [email], held);
    return this.signIn('/admin/v1/sessions', email);
  }

  get origin(): string {
    return this.fixture.relyingParty.origins[0] ?? '';
  }

  /** What an officer's browser sends for a plan. */
  sign(id: string, planDigest: string, token = '') {
    const authenticator = this.authenticators.get(token);
    if (authenticator === undefined) throw new Error('whoever this is has no passkey');
    const challenge = approvalChallenge(id as ErasureRequestId, planDigest);
    return authenticator.get({ challenge, rpId: this.fixture.relyingParty.id });
  }

  register(email: string) {
    return this.call('/v1/accounts', { method: 'POST', body: { email, password, fullName } });
  }

  async newShopper(): Promise<Shopper> {
    const email = `forgotten${++this.#shoppers}@people.example`;
    const account = (await this.register(email)).body;
    const accountId = String(account['id']);
    const [row] = await this.fixture.stores.shop
      .open('superuser')
      .query<{ subject: SubjectId }>(subjectOfAccount, [accountId]);
    if (row === undefined) throw new Error('the account was not written');
    return { email, accountId, ...row, token: await this.signIn('/v1/sessions', email) };
  }

  ask(named: string | object, token = this.officers[0]) {
    const body = typeof named === 'string' ? { accountId: named } : named;
    return this.call('/admin/v1/erasure-requests', { method: 'POST', body, token });
  }

  read(id: string) {
    return this.call(`/admin/v1/erasure-requests/${id}`, { token: this.officers[0] });
  }

  /** Whoever asked signs the plan. */
  async confirm(id: string, token = this.officers[0]) {
    const planDigest = String((await this.read(id)).body['planDigest']);
    const body = { planDigest, assertion: this.sign(id, planDigest, token) };
    const url = `/admin/v1/erasure-requests/${id}/confirmation`;
    return this.call(url, { method: 'POST', body, token });
  }

  async approve(id: string, token = this.officers[1], planDigest?: string) {
    const shown = planDigest ?? String((await this.read(id)).body['planDigest']);
    const body = { planDigest: shown, assertion: this.sign(id, shown, token) };
    return this.call(`/admin/v1/erasure-requests/${id}/approval`, { method: 'POST', body, token });
  }

  /** A request with a plan that whoever asked has signed. */
  async askAndConfirm(named: string | object): Promise<string> {
    const id = String((await this.ask(named)).body['id']);
    const { status, body } = await this.confirm(id);
    if (status !== 200) throw new Error(`the plan was not confirmed: ${JSON.stringify(body)}`);
    return id;
  }

  steer(id: string, action: string, token = this.officers[0]) {
    const body = { action };
    return this.call(`/admin/v1/erasure-requests/${id}/actions`, { method: 'POST', body, token });
  }

  async askAndApprove(named: string | object): Promise<string> {
    const id = await this.askAndConfirm(named);
    const { status, body } = await this.approve(id);
    if (status !== 200) throw new Error(`the approval was refused: ${JSON.stringify(body)}`);
    return id;
  }

  /** One round of a worker: what its sweep finds, brought on. */
  async work(on = this.worker): Promise<void> {
    const job = on.get(DriveErasureJob, { strict: false });
    for (const payload of await job.rederive()) await job.handle(payload);
  }

  /** Rounds of the worker alone until the request is where it has to be. */
  async driveUntil(id: string, status: string): Promise<void> {
    const end = performance.now() + workMsMax;
    for (;;) {
      await this.work();
      const { body } = await this.read(id);
      if (body['status'] === status) return;
      if (performance.now() > end) throw new Error(`the request is ${JSON.stringify(body)}`);
      await sleep(lookEveryMs);
    }
  }

  /** Rounds of the worker and the eraser until the request is where it has to be. */
  async workUntil(id: string, status: string, on = this.worker): Promise<void> {
    const end = performance.now() + workMsMax;
    for (;;) {
      await this.work(on);
      await this.fixture.eraser.destroyKeys.execute();
      await this.fixture.eraser.retireEpochs.execute();
      await this.fixture.eraser.tryEndedKeys.execute();
      await this.fixture.eraser.signCertificates.execute();
      const { body } = await this.read(id);
      if (body['status'] === status) return;
      if (performance.now() > end) throw new Error(`the request is ${JSON.stringify(body)}`);
      await sleep(lookEveryMs);
    }
  }

  /** As far as an erasure goes before the KMS has let the window pass. */
  eraseAllButTheBytes(id: string): Promise<void> {
    return this.workUntil(id, 'verified_unreadable');
  }

  /** The epoch under which logins lay ends, once everybody else has moved to the next. */
  async endEpoch(): Promise<void> {
    await this.fixture.stores.vault.open('superuser').execute(epochDue);
    await this.worker.get(OpenKeyEpoch, { strict: false }).execute();
    await this.worker.get(MoveToOpenEpoch, { strict: false }).execute();
    await this.worker.get(RequestKeys, { strict: false }).moveToOpenEpoch();
    await this.fixture.eraser.retireEpochs.execute();
  }

  async passWindow(): Promise<void> {
    const { endpoint, adminSecret } = this.fixture.stores.kms;
    const answer = await fetch(`${endpoint}/emulator/clock`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminSecret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ advanceSeconds: windowDays * 86_400 }),
    });
    if (answer.status !== 200) throw new Error('the clock of the KMS did not move');
  }

  end(): Promise<void> {
    return this.fixture.end();
  }
}
