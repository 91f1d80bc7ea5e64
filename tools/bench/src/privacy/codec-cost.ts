import { anyTwoSkus, oneOf, smallBenchmark } from '../benchmark-catalog.ts';
import { CheckoutShoppers } from '../checkout-load.ts';
import type { Round } from '../figure.ts';
import { loadFor } from '../http-load.ts';
import type { ShopAccount } from '../shop-accounts.ts';
import { ShopAccounts } from '../shop-accounts.ts';
import { ShopClient } from '../shop-client.ts';
import { measureInTurns, pairedFigure, roundsOfPairs } from '../paired-figure.ts';
import type { PairedFigure } from '../paired-figure.ts';

/** Two API processes of one cell, the same but for what encrypts personal columns. */
export interface CodecPair {
  /** As the app is. */
  readonly encryptedUrl: string;
  /** With `PlainCodec`; nobody else may read what was written through it. */
  readonly plainUrl: string;
  readonly country: string;
}

const shoppers = 32;
const nextSkus = () => anyTwoSkus(smallBenchmark.variants);
const atOnce = `${shoppers} at once`;
const aim = { of: 'ratio', bound: 'at most', value: 1.25 } as const;

/** What encryption costs a profile read and a checkout: time per answer of both processes, in turns. */
export async function measureCodec(
  pair: CodecPair,
  seconds: number,
  onStage: (stage: string) => void,
): Promise<readonly PairedFigure[]> {
  return [
    await measureProfile(pair, seconds, onStage),
    await measureCheckout(pair, seconds, onStage),
  ];
}

async function measureProfile(
  { encryptedUrl, plainUrl, country }: CodecPair,
  seconds: number,
  onStage: (stage: string) => void,
): Promise<PairedFigure> {
  onStage('profile read: accounts');
  const failures: Record<string, number> = {};
  const encrypted = await ProfileReaders.register(encryptedUrl, country);
  const plain = await ProfileReaders.register(plainUrl, country);
  const through = (readers: ProfileReaders) => async (): Promise<number> => {
    const round = await readers.readFor(seconds);
    addTo(failures, round.failures);
    return msPerAnswer(round.perSecond);
  };
  const work = { measured: through(encrypted), baseline: through(plain) };
  try {
    onStage('profile read: in turns');
    await measureInTurns(1, work);
    return pairedFigure(
      { name: 'profile read', unit: `ms each, ${atOnce}`, baseline: 'the plain codec', aim },
      await measureInTurns(roundsOfPairs, work),
      notesOf(failures),
    );
  } finally {
    await Promise.all([encrypted.close(), plain.close()]);
  }
}

/** People who read their own profiles, any of them next. */
class ProfileReaders {
  private constructor(
    private readonly url: string,
    private readonly client: ShopClient,
    private readonly accounts: ShopAccounts,
    private readonly registered: readonly ShopAccount[],
  ) {}

  static async register(url: string, country: string): Promise<ProfileReaders> {
    const client = new ShopClient(url, 1);
    const accounts = new ShopAccounts(client, country);
    return new ProfileReaders(url, client, accounts, await accounts.registerMany(shoppers));
  }

  async readFor(seconds: number): Promise<Round> {
    const signedIn = await this.accounts.signInAll(this.registered);
    return loadFor(seconds, {
      ...{ url: this.url, connections: shoppers, nextPath: () => '/v1/me' },
      nextHeaders: () => oneOf(signedIn),
    });
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

async function measureCheckout(
  { encryptedUrl, plainUrl, country }: CodecPair,
  seconds: number,
  onStage: (stage: string) => void,
): Promise<PairedFigure> {
  onStage('checkout: in turns');
  const failures: Record<string, number> = {};
  const open = (url: string): CheckoutShoppers =>
    new CheckoutShoppers({ url, country, shoppers, who: 'accounts', nextSkus });
  const [encrypted, plain] = [open(encryptedUrl), open(plainUrl)];
  const through = (shop: CheckoutShoppers) => async (): Promise<number> => {
    const round = await shop.shopFor(seconds);
    addTo(failures, round.failures);
    return msPerAnswer(round.perSecond);
  };
  const work = { measured: through(encrypted), baseline: through(plain) };
  try {
    await measureInTurns(1, work);
    return pairedFigure(
      { name: 'checkout', unit: `ms each, ${atOnce}`, baseline: 'the plain codec', aim },
      await measureInTurns(roundsOfPairs, work),
      notesOf(failures),
    );
  } finally {
    await Promise.all([encrypted.close(), plain.close()]);
  }
}

/** What one answer takes of the machine that is busy with nothing else. */
const msPerAnswer = (perSecond: number): number => 1_000 / perSecond;

function addTo(sum: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [code, count] of Object.entries(counts)) sum[code] = (sum[code] ?? 0) + count;
}

const notesOf = (failures: Readonly<Record<string, number>>): string[] =>
  Object.entries(failures).map(([code, count]) => `failed with ${code}: ${count}`);
