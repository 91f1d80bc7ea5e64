import { setTimeout as sleep } from 'node:timers/promises';
import { anyTwoSkus, smallBenchmark } from '../benchmark-catalog.ts';
import { CheckoutShoppers } from '../checkout-load.ts';
import type { Round } from '../figure.ts';
import { ShopAccounts } from '../shop-accounts.ts';
import { ShopClient } from '../shop-client.ts';
import type { MeasuredCell } from '../smoke.ts';
import { ErasureProgress } from './erasure-progress.ts';
import { busiestSecond, KmsAudit } from './kms-audit.ts';
import { pairedFigure, roundsOfPairs } from '../paired-figure.ts';
import type { Pair, PairedFigure } from '../paired-figure.ts';

/** What AWS KMS takes by default of ScheduleKeyDeletion, per account and region. */
const schedulePerSecond = 15;
const shoppers = 32;
const nextSkus = () => anyTwoSkus(smallBenchmark.variants);
const deskConnections = 8;
const warmingSeconds = 2;
const quietSecondsMin = 5;

/** Two privacy officers of the cell: the one asks and signs, the other approves; workers and eraser do the rest. */
export interface DecidingOfficers {
  decide(accountId: string): Promise<{ readonly id: string }>;
}

export interface ErasureLoad {
  readonly target: MeasuredCell;
  readonly officers: DecidingOfficers;
  readonly kmsAuditFile: string;
  readonly erasures: number;
}

interface ErasureRound {
  readonly quiet: Round;
  readonly busy: Round;
  readonly erasedPerSecond: number;
}

/** How long checkouts take while people are erased as fast as KMS lets keys be scheduled, beside without. */
export async function measureErasures(
  load: ErasureLoad,
  onStage: (stage: string) => void,
): Promise<readonly PairedFigure[]> {
  const bench = new ErasureBench(load, onStage);
  try {
    return await bench.run();
  } finally {
    await bench.close();
  }
}

class ErasureBench {
  private readonly client: ShopClient;
  private readonly accounts: ShopAccounts;
  private readonly progress: ErasureProgress;
  private readonly checkout: CheckoutShoppers;

  constructor(
    private readonly load: ErasureLoad,
    private readonly onStage: (stage: string) => void,
  ) {
    const { url, country, shopUrl } = load.target;
    this.client = new ShopClient(url, deskConnections);
    this.accounts = new ShopAccounts(this.client, country);
    this.progress = new ErasureProgress(shopUrl('shop_audit'));
    this.checkout = new CheckoutShoppers({
      ...{ url, country, shoppers, who: 'accounts', nextSkus },
    });
  }

  async run(): Promise<readonly PairedFigure[]> {
    const { target, erasures, kmsAuditFile } = this.load;
    const perRound = Math.ceil(erasures / roundsOfPairs);
    await target.approveAtOnce(true);
    try {
      await this.checkout.shopFor(warmingSeconds);
      const audit = new KmsAudit(kmsAuditFile);
      const rounds: ErasureRound[] = [];
      for (let round = 1; round <= roundsOfPairs; round += 1) {
        this.onStage(`erasures: round ${round}, ${perRound} people`);
        rounds.push(await this.round(perRound));
      }
      return figuresOf(rounds, perRound, busiestSecond(audit.take(), 'ScheduleKeyDeletion'));
    } finally {
      await target.approveAtOnce(false);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.client.close(), this.progress.close(), this.checkout.close()]);
  }

  private async round(people: number): Promise<ErasureRound> {
    const doomed = await this.accounts.registerMany(people);
    const seconds = Math.max(quietSecondsMin, people / schedulePerSecond);
    const quiet = await this.checkout.shopFor(seconds);
    let took = 0;
    const busy = await this.checkout.shopDuring(async () => {
      const startedAt = performance.now();
      const requests = await this.askAtPace(doomed.map(({ id }) => id));
      await this.progress.untilUnreadable(requests);
      took = (performance.now() - startedAt) / 1_000;
    });
    return { quiet, busy, erasedPerSecond: people / took };
  }

  /** The next one is due whether the one before was answered or not. */
  private async askAtPace(accountIds: readonly string[]): Promise<readonly string[]> {
    const startedAt = performance.now();
    const asked: Promise<string>[] = [];
    for (const [index, accountId] of accountIds.entries()) {
      const dueAt = startedAt + (index * 1_000) / schedulePerSecond;
      await sleep(Math.max(0, dueAt - performance.now()));
      asked.push(this.load.officers.decide(accountId).then(({ id }) => id));
    }
    return Promise.all(asked);
  }
}

function figuresOf(
  rounds: readonly ErasureRound[],
  perRound: number,
  busiest: number,
): readonly PairedFigure[] {
  const pairsOf = (of: (round: Round) => number): Pair[] =>
    rounds.map(({ quiet, busy }) => ({ measured: of(busy), baseline: of(quiet) }));
  const name = `checkout, ${perRound * roundsOfPairs} erasures`;
  const baseline = 'the same without erasures';
  const failed = (of: readonly Round[]): number =>
    of.reduce((sum, { failures }) => sum + Object.values(failures).reduce((a, b) => a + b, 0), 0);
  return [
    pairedFigure(
      {
        ...{ name, unit: `p99 ms, ${shoppers} at once`, baseline },
        aim: { of: 'ratio', bound: 'at most', value: 2 },
      },
      pairsOf(({ p99Ms }) => p99Ms),
      [
        `failed checkouts: ${failed(rounds.map(({ busy }) => busy))} with, ` +
          `${failed(rounds.map(({ quiet }) => quiet))} without`,
      ],
    ),
    pairedFigure(
      { name, unit: 'orders per second', baseline },
      pairsOf(({ perSecond }) => perSecond),
    ),
    pairedFigure(
      {
        ...{ name: 'erasures, checkouts beside them', unit: 'per second, to unreadable' },
        baseline: 'what KMS schedules by default',
      },
      rounds.map(({ erasedPerSecond }) => ({
        ...{ measured: erasedPerSecond, baseline: schedulePerSecond },
      })),
      [`ScheduleKeyDeletion in the busiest second: ${busiest}`],
    ),
  ];
}
