import type { ErasureRequestDetailView, ErasureRequestView } from '@entrepot/contracts/api/privacy';
import type { SessionView } from '@entrepot/contracts/api/identity';
import { randomUUID } from 'node:crypto';
import type { Call, Headers, ShopClient } from '../shop-client.ts';

export interface Officer {
  readonly login: string;
  readonly password: string;
}

const requestsPath = '/admin/v1/erasure-requests';
/** What an approval is answered with that went through although its first answer was lost. */
const approvedBefore = 409;

/** Two privacy officers of one cell: the one asks, the other approves. */
export class ErasureDesk {
  private asking: Headers = {};
  private approving: Headers = {};

  constructor(
    private readonly client: ShopClient,
    private readonly officers: readonly [Officer, Officer],
  ) {}

  /** To be called now and then: an access token lives for minutes. */
  async signIn(): Promise<void> {
    this.asking = await this.tokenOf(this.officers[0]);
    this.approving = await this.tokenOf(this.officers[1]);
  }

  /** From here on workers and eraser do it by themselves; answers the request's id. */
  async askAndApprove(accountId: string): Promise<string> {
    const { id } = await this.client.patiently<ErasureRequestView>({
      ...{ method: 'POST', path: requestsPath, body: { accountId } },
      headers: { ...this.asking, 'idempotency-key': randomUUID() },
    });
    const shown = await this.client.patiently<ErasureRequestDetailView>({
      ...{ method: 'GET', path: `${requestsPath}/${id}`, headers: this.approving },
    });
    const approval: Call = {
      ...{ method: 'POST', path: `${requestsPath}/${id}/approval` },
      body: { planDigest: shown.planDigest },
      headers: { ...this.approving, 'idempotency-key': randomUUID() },
    };
    await this.client.patiently(approval, [approvedBefore]);
    return id;
  }

  private async tokenOf({ login, password }: Officer): Promise<Headers> {
    const { accessToken } = await this.client.patiently<SessionView>({
      ...{ method: 'POST', path: '/admin/v1/sessions', body: { email: login, password } },
    });
    return { authorization: `Bearer ${accessToken}` };
  }
}
