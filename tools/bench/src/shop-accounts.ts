import { randomUUID } from 'node:crypto';
import type { AccountView, SessionView } from '@entrepot/contracts/api/identity';
import type { Headers, ShopClient } from './shop-client.ts';

export interface ShopAccount {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

/** Shoppers with accounts, at home in one country. */
export class ShopAccounts {
  constructor(
    private readonly client: ShopClient,
    private readonly country: string,
  ) {}

  /** What says where somebody lives who is not signed in. */
  get residence(): Headers {
    return { 'entrepot-residence': this.country };
  }

  async register(): Promise<ShopAccount> {
    const login = { email: `bench-${randomUUID()}@example.com`, password: randomUUID() };
    const { id } = await this.client.patiently<AccountView>({
      ...{ method: 'POST', path: '/v1/accounts', headers: this.residence },
      body: { ...login, fullName: 'Measured Shopper', ageDeclaration: 'adult' },
    });
    return { ...login, id };
  }

  /** One after another: hashing passwords is slow on purpose, and a cell takes only so many at once. */
  async registerMany(count: number): Promise<readonly ShopAccount[]> {
    const accounts: ShopAccount[] = [];
    while (accounts.length < count) accounts.push(await this.register());
    return accounts;
  }

  /** What the shopper's requests carry from now on, for the minutes that an access token lives. */
  async signIn({ email, password }: ShopAccount): Promise<Headers> {
    const { accessToken } = await this.client.patiently<SessionView>({
      ...{ method: 'POST', path: '/v1/sessions', headers: this.residence },
      body: { email, password },
    });
    return { authorization: `Bearer ${accessToken}` };
  }

  async signInAll(accounts: readonly ShopAccount[]): Promise<readonly Headers[]> {
    const signedIn: Headers[] = [];
    for (const account of accounts) signedIn.push(await this.signIn(account));
    return signedIn;
  }
}
