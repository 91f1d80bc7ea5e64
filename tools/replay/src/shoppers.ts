import { ProblemError } from '@entrepot/client';
import type { EntrepotClient, ShopperClient } from '@entrepot/client';
import type { CreatedCartView } from '@entrepot/contracts/api/carts';
import type { RetailOrder } from './online-retail.ts';
import { askUntilFinal, patienceMs } from './patience.ts';
import { forEachConcurrently } from './workers.ts';

/** Nobody's real password: it guards invented people of a development stack. */
const password = 'a replayed shopper buys';

/** One who buys in this replay, registered or guest. */
export interface OpenedCart {
  readonly cart: CreatedCartView;
  readonly shopper: ShopperClient;
}

interface Person {
  readonly email: string;
  readonly residence: string;
  session: Promise<ShopperClient> | undefined;
}

/** The registered shoppers of one run. */
export class Shoppers {
  private readonly people = new Map<string, Person>();

  constructor(
    private readonly client: EntrepotClient,
    orders: readonly RetailOrder[],
    run: string,
  ) {
    for (const { customer, residence } of orders) {
      if (customer === undefined || this.people.has(customer)) continue;
      const email = `c${customer}.${run}@replay.example`;
      this.people.set(customer, { email, residence, session: undefined });
    }
  }

  get count(): number {
    return this.people.size;
  }

  /** Signs everyone up and in, at home. */
  async register(concurrency: number, onProgress: (done: number) => void): Promise<void> {
    let done = 0;
    await forEachConcurrently([...this.people.values()], concurrency, async (person) => {
      await this.signUp(person);
      await this.sessionOf(person);
      onProgress((done += 1));
    });
  }

  /** Opens a cart as a client would: of the account, or of a guest. */
  async openCart({ customer, residence }: RetailOrder): Promise<OpenedCart> {
    const person = customer === undefined ? undefined : this.people.get(customer);
    if (person === undefined) return this.client.openGuestCart(residence);
    try {
      return await this.openAs(person);
    } catch (error) {
      // a refresh whose answer was lost ends the session: the person signs in again
      if (!(error instanceof ProblemError) || error.status !== 401) throw error;
      person.session = undefined;
      return this.openAs(person);
    }
  }

  private async openAs(person: Person): Promise<OpenedCart> {
    const shopper = await this.sessionOf(person);
    return { cart: (await shopper.openCart(person.residence)).body, shopper };
  }

  private async sessionOf(person: Person): Promise<ShopperClient> {
    const { email, residence } = person;
    person.session ??= patiently(() => this.client.signIn(residence, { email, password }));
    try {
      return await person.session;
    } catch (error) {
      person.session = undefined;
      throw error;
    }
  }

  /** An account that is there already was made by an attempt whose answer was lost. */
  private async signUp({ email, residence }: Person): Promise<void> {
    const account = { email, password, ...replayedShopper };
    try {
      await patiently(() => this.client.register(residence, account));
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 409) throw error;
    }
  }
}

const replayedShopper = { fullName: 'Replayed Shopper', ageDeclaration: 'adult' } as const;

const patiently = <T>(ask: () => Promise<T>): Promise<T> =>
  askUntilFinal(ask, { until: performance.now() + patienceMs, onWait: () => undefined });
