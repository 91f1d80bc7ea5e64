import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import type { NodeFetch } from '@entrepot/client/node';
import type { ErasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import type {
  CreateErasureRequestBody,
  ErasureRequestDetailView,
  ErasureRequestView,
} from '@entrepot/contracts/api/privacy';
import { SoftwareAuthenticator } from '@entrepot/platform-webauthn/testing';
import type { StoredAuthenticator } from '@entrepot/platform-webauthn/testing';
import type { DemoStaff, DescribedCell, StackDescription } from '@entrepot/stack';

const stageTimeoutMs = 90_000;
const pollMs = 250;
/** How long an officer asks again where the cell says that it cannot answer at the moment. */
const busyMsMax = 60_000;
const unavailable = 503;

export interface OfficerAnswer<T> {
  readonly status: number;
  readonly body: T;
}

/** Whoever asks confirms the plan, and another one approves it. */
export type PlanSignature = 'confirmation' | 'approval';

export interface Watch {
  /** Is told of the request at every look. */
  readonly watch?: (request: ErasureRequestDetailView) => Promise<void> | void;
  readonly timeoutMs?: number;
}

interface Sent {
  readonly token: string;
  readonly body: object | undefined;
}

/** Two privacy officers of a cell, who speak to it over the public admin API and in no other way. */
export class PrivacyOfficers {
  private readonly logins: readonly DemoStaff[];
  private readonly tokens = new Map<number, string>();

  constructor(
    private readonly node: NodeFetch,
    { staff }: StackDescription,
    private readonly home: DescribedCell,
  ) {
    this.logins = staff.filter(
      ({ cell, roles }) => cell === home.id && roles.includes('privacy-officer'),
    );
    if (this.logins.length < 2) throw new RangeError(`${home.id} has no two privacy officers`);
  }

  /** As officer 1 or 2; answers whatever the cell answers. Signs in where the token is too old. */
  async ask<T>(officer: 1 | 2, path: string, body?: object): Promise<OfficerAnswer<T>> {
    const token = this.tokens.get(officer) ?? (await this.signIn(officer));
    const first = await this.sendPatiently<T>(path, { token, body });
    if (first.status !== 401) return first;
    return this.sendPatiently<T>(path, { token: await this.signIn(officer), body });
  }

  /** Signs the plan as it stands with the officer's passkey; answers whatever the cell answers. */
  async sign<T>(officer: 1 | 2, id: string, as: PlanSignature): Promise<OfficerAnswer<T>> {
    const { planDigest } = await this.read(id);
    const options = await this.ask<T>(officer, `/${id}/${as}/options`, {});
    if (options.status !== 200) return options;
    const assertion = this.passkeyOf(officer).get(options.body as never);
    return this.ask<T>(officer, `/${id}/${as}`, { planDigest, assertion });
  }

  /** About an account: one asks and signs the plan, the other approves it; answers the request. */
  decide(accountId: string): Promise<ErasureRequestView> {
    return this.decideOn({ accountId });
  }

  /** The same about whomever staff can name. */
  async decideOn(person: CreateErasureRequestBody): Promise<ErasureRequestView> {
    const asked = await this.ask<ErasureRequestView>(1, '', person);
    if (asked.status !== 201) throw new Error(`the request was answered with ${asked.status}`);
    const { id } = asked.body;
    await this.sign(1, id, 'confirmation');
    const approved = await this.sign<ErasureRequestView>(2, id, 'approval');
    if (approved.status !== 200) {
      throw new Error(`the approval was answered with ${approved.status}`);
    }
    return approved.body;
  }

  async read(requestId: string): Promise<ErasureRequestDetailView> {
    return (await this.ask<ErasureRequestDetailView>(1, `/${requestId}`)).body;
  }

  async certificate(requestId: string): Promise<ErasureCertificateView> {
    const { body } = await this.ask<ErasureCertificateView>(1, `/${requestId}/certificate`);
    return body;
  }

  /** Looks until the request is in the status, or throws with the one it rests in. */
  async until(
    requestId: string,
    status: ErasureRequestView['status'],
    { watch, timeoutMs = stageTimeoutMs }: Watch = {},
  ): Promise<ErasureRequestDetailView> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const request = await this.read(requestId);
      await watch?.(request);
      if (request.status === status) return request;
      if (performance.now() > end || request.status === 'failed') {
        throw new Error(`the request is ${request.status}, ${request.failure?.code ?? 'waiting'}`);
      }
      await sleep(pollMs);
    }
  }

  private passkeyOf(officer: 1 | 2): SoftwareAuthenticator {
    const { passkeyFile } = this.logins[officer - 1] as DemoStaff;
    const stored = JSON.parse(readFileSync(passkeyFile, 'utf8')) as StoredAuthenticator;
    return SoftwareAuthenticator.from(stored, this.home.origin);
  }

  /** What was refused as not possible now was not done. */
  private async sendPatiently<T>(path: string, request: Sent): Promise<OfficerAnswer<T>> {
    const end = performance.now() + busyMsMax;
    for (;;) {
      const answer = await this.send<T>(path, request);
      if (answer.status !== unavailable || performance.now() > end) return answer;
      await sleep(pollMs);
    }
  }

  private async send<T>(path: string, { token, body }: Sent): Promise<OfficerAnswer<T>> {
    const answer = await this.node.fetch(`${this.home.origin}/admin/v1/erasure-requests${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  }

  private async signIn(officer: 1 | 2): Promise<string> {
    const end = performance.now() + busyMsMax;
    for (;;) {
      const answer = await this.trySignIn(officer);
      if (answer.ok) {
        const { accessToken } = (await answer.json()) as { accessToken: string };
        this.tokens.set(officer, accessToken);
        return accessToken;
      }
      if (answer.status !== unavailable || performance.now() > end) {
        throw new Error(`an officer of ${this.home.id} is refused: ${answer.status}`);
      }
      await sleep(pollMs);
    }
  }

  private trySignIn(officer: 1 | 2): Promise<Response> {
    const { login: email, password } = this.logins[officer - 1] as DemoStaff;
    return this.node.fetch(`${this.home.origin}/admin/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
  }
}
