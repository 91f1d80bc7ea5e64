import { SubjectVault } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import { testKms } from '@entrepot/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inLanes } from '../in-lanes.ts';
import { openProcess, withCellDatabases } from './own-process.ts';
import type { CellDatabasePair, KeyDriver } from './own-process.ts';
import { pairedFigure, roundsOfPairs } from '../paired-figure.ts';
import type { PairedFigure } from '../paired-figure.ts';
import { startRated } from './rated-kms.ts';
import type { RatedKms } from './rated-kms.ts';
import { keyUsesPerSession, session, signUp } from './shopper-session.ts';
import type { KeyedShopper } from './shopper-session.ts';

const lanes = 16;
/** What the worker keeps ready; `libs/privacy/src/application/refill-key-reserve.ts`. */
const reserveKept = 64;
const reserveWithinMs = 60_000;
const pollMs = 200;
const burst = 200;
const createKeyPerSecond = 5;
const busyPauseMs = 250;

const countReserve = statement(
  'bench.count_reserve',
  'SELECT count(*)::int AS "keys" FROM vault.key_reserve',
);

/** What people's sessions and sign-ups ask of a KMS that answers at AWS's rates, by both drivers. */
export async function measureKms(
  shoppers: number,
  onStage: (stage: string) => void,
): Promise<readonly PairedFigure[]> {
  const figures: PairedFigure[] = [];
  for (const driver of ['kms-per-user', 'kms-epoch'] as const) {
    await withCellDatabases(async (databases) => {
      const bench = new KmsBench(driver, databases, onStage);
      figures.push(...(await bench.run(shoppers)));
    });
  }
  return figures;
}

/** One driver, in a cell of its own. */
class KmsBench {
  constructor(
    private readonly driver: KeyDriver,
    private readonly databases: CellDatabasePair,
    private readonly onStage: (stage: string) => void,
  ) {}

  async run(shoppers: number): Promise<readonly PairedFigure[]> {
    const { driver, databases } = this;
    const kms = await testKms({ ownServer: `bench-${driver}` });
    const place = {
      ...{ endpoint: kms.endpoint, awsRegion: kms.awsRegion },
      credentialsFor: (kind: 'api' | 'worker') => kms.credentialsFor(kind),
    };
    const worker = await openProcess({ ...databases, driver, kms: place, kind: 'worker' });
    const api = await openProcess({ ...databases, driver, kms: place, kind: 'api' });
    this.onStage(`${driver}: ${shoppers} people sign up`);
    const people = await peopleOf(api, shoppers);
    if (driver === 'kms-per-user') await this.untilReserve();
    await worker.close();
    await api.close();
    const rated = await startRated(kms);
    try {
      return [...(await this.sessions(rated, people)), ...(await this.bursts(rated))];
    } finally {
      await rated.stop();
    }
  }

  /** In a process that has no key yet; each fifth of the people is a round. */
  private async sessions(kms: RatedKms, people: readonly KeyedShopper[]): Promise<PairedFigure[]> {
    const { driver, databases } = this;
    const api = await openProcess({ ...databases, driver, kms, kind: 'api' });
    const groups = groupsOf(people);
    kms.audit.take();
    try {
      this.onStage(`${driver}: cold sessions`);
      const cold = await callsPerSession(api, kms, groups);
      this.onStage(`${driver}: the same people again`);
      const warm = await callsPerSession(api, kms, groups);
      return [
        sessionFigure(`${people.length} people, ${driver}, cold`, cold, 1.2),
        sessionFigure(`${people.length} people, ${driver}, again`, warm, 0),
      ];
    } finally {
      await api.close();
    }
  }

  /** First with what the worker had made ready, which leaves nothing for the second. */
  private async bursts(kms: RatedKms): Promise<PairedFigure[]> {
    const found = this.driver === 'kms-per-user' ? [reserveKept, 0] : [0];
    const figures: PairedFigure[] = [];
    for (const reserve of found) {
      this.onStage(`${this.driver}: ${burst} sign-ups at once, ${reserve} keys in reserve`);
      figures.push(await this.burst(kms, reserve));
    }
    return figures;
  }

  private async burst(kms: RatedKms, reserve: number): Promise<PairedFigure> {
    const { driver, databases } = this;
    const api = await openProcess({ ...databases, driver, kms, kind: 'api' });
    const [startedAt, refused] = [performance.now(), new Set<number>()];
    try {
      await inLanes([...Array(burst).keys()], burst, async (number) => {
        while (!(await isSignedUp(api))) {
          refused.add(number);
          await sleep(busyPauseMs);
        }
      });
    } finally {
      await api.close();
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    const name =
      driver === 'kms-epoch'
        ? `${burst} sign-ups, ${driver}`
        : `${burst} sign-ups, ${reserve} in reserve`;
    return pairedFigure(
      { name, unit: 'seconds', baseline: `a CreateKey each at ${createKeyPerSecond}/s` },
      [{ measured: seconds, baseline: burst / createKeyPerSecond }],
      [`one round; refused at least once and tried again: ${refused.size} of ${burst}`],
    );
  }

  private async untilReserve(): Promise<void> {
    this.onStage('until the worker has filled the reserve');
    const vault = this.databases.vault.open('owner');
    const end = performance.now() + reserveWithinMs;
    for (;;) {
      const [row] = await vault.query<{ keys: number }>(countReserve, []);
      if (row?.keys === reserveKept) return;
      if (performance.now() > end) throw new Error(`the reserve holds ${row?.keys ?? 0} keys`);
      await sleep(pollMs);
    }
  }
}

async function peopleOf(api: INestApplicationContext, count: number): Promise<KeyedShopper[]> {
  const people: KeyedShopper[] = [];
  await inLanes([...Array(count).keys()], lanes, async () => {
    people.push(await signUp(api));
  });
  return people;
}

function groupsOf<T>(people: readonly T[]): readonly (readonly T[])[] {
  const size = Math.ceil(people.length / roundsOfPairs);
  return Array.from({ length: roundsOfPairs }, (_, group) =>
    people.slice(group * size, (group + 1) * size),
  ).filter((group) => group.length > 0);
}

async function callsPerSession(
  api: INestApplicationContext,
  kms: RatedKms,
  groups: readonly (readonly KeyedShopper[])[],
): Promise<readonly number[]> {
  const calls: number[] = [];
  for (const group of groups) {
    await inLanes(group, lanes, (shopper) => session(api, shopper));
    calls.push(kms.audit.take().length / group.length);
  }
  return calls;
}

/** Over all people: what only the first of a process cause must not be lost in a median. */
function sessionFigure(name: string, perGroup: readonly number[], atMost: number): PairedFigure {
  const measured = perGroup.reduce((sum, calls) => sum + calls, 0) / perGroup.length;
  const groups = perGroup.map((calls) => calls.toFixed(3)).join(', ');
  return pairedFigure(
    {
      ...{ name, unit: 'KMS calls per session', baseline: 'the uses of a key in a session' },
      aim: { of: 'figure', bound: 'at most', value: atMost },
    },
    [{ measured, baseline: keyUsesPerSession }],
    [`the mean of all; by fifths of the people: ${groups}`],
  );
}

/** False where the process could not serve and says so. */
async function isSignedUp(api: INestApplicationContext): Promise<boolean> {
  try {
    const email = `bench-${randomUUID()}@example.com`;
    await api.get(SubjectVault).reserve({ audience: 'shopper', email });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'UNAVAILABLE') return false;
    throw error;
  }
}
