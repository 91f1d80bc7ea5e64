import { byPoolId, type DocumentId, type Reservation } from '@entrepot/inventory/testing';
import { Delivery } from '../buyers/warehouse.ts';
import { Shopper, type Line } from '../buyers/shopper.ts';
import { deliver, read } from '../buyers/storefront.ts';
import { figuresOf } from '../checks/pool-figures.ts';
import { ViolationError } from '../checks/violation.ts';
import { Disturber } from '../faults/disturber.ts';
import type { Tally } from '../faults/coverage.ts';
import { escrow, type Protocol } from '../cell/protocol.ts';
import type { SimulatedCell } from '../cell/simulated-cell.ts';
import { World } from './world.ts';

export interface RunOptions {
  readonly seed: number;
  readonly protocol?: Protocol;
  /** 2 to 4; drawn from the seed when left out. */
  readonly cells?: number;
}

export interface Failure {
  readonly seed: number;
  /** How many events the run had seen. */
  readonly step: number;
  readonly message: string;
  /** The last events, oldest first. */
  readonly trace: readonly string[];
}

export interface RunResult {
  readonly tally: Tally;
  readonly failure?: Failure;
}

const [shortMs, longMs, convergeMs] = [8_000, 24_000, 60_000];
/** Virtual milliseconds per shopper, on average. */
const [busyMs, calmMs] = [160, 400];

/** One run from its seed to its end: harm with checks after every commit, then peace and convergence. */
export function runSeed({ seed, protocol = escrow, cells }: RunOptions): RunResult {
  const world = new World(seed, protocol, cells);
  const { tally } = world;
  tally.runs = 1;
  try {
    new Scenario(world).play();
    return { tally };
  } catch (error) {
    // whatever else the rules throw is a finding too, and its seed shows it again
    if (!(error instanceof Error)) throw error;
    const { trace } = world;
    const message =
      error instanceof ViolationError ? error.message : `${error.name}: ${error.message}`;
    const failure = { seed, step: trace.step, message, trace: trace.last() };
    return { tally, failure };
  } finally {
    tally.virtualMs = world.queue.now;
  }
}

class Scenario {
  private readonly shoppers: Shopper[] = [];

  private readonly faultyMs: number;

  constructor(private readonly world: World) {
    this.faultyMs = world.random.chance(0.9) ? shortMs : longMs;
  }

  play(): void {
    const { world } = this;
    this.bringGoods();
    this.letShop();
    new Disturber(world).start();
    while (world.queue.now < this.faultyMs) world.queue.runNext();
    world.happened('world', 'heals');
    world.heal();
    this.converge('after the faults');
    // the first answer may show that an order was sold, of which a cancellation is still in question
    for (const question of ['first', 'last']) {
      for (const shopper of this.shoppers) shopper.askHowItStands();
      this.converge(`after the ${question} questions`);
    }
    this.countShelves();
    this.checkRemainder();
    world.watch.checkAll();
  }

  private bringGoods(): void {
    const { world } = this;
    const { random, queue } = world;
    for (const pool of world.pools) {
      const count = random.between(1, 4);
      for (let number = 0; number < count; number += 1) {
        const document = `${pool} ${number}` as DocumentId;
        const delivery = new Delivery(world, document, pool, random.between(1, 25));
        world.deliveries.push(delivery);
        queue.schedule(number === 0 ? 1 : random.between(1, this.faultyMs), () => delivery.start());
      }
    }
  }

  private letShop(): void {
    const { world } = this;
    const { random, queue } = world;
    const count = Math.floor(this.faultyMs / random.between(busyMs, calmMs));
    for (let number = 0; number < count; number += 1) {
      const cell = random.pick(world.cells);
      const wish = { lines: this.drawLines(), holdSeconds: random.between(1, 3), rounds: 6 };
      const shopper = new Shopper(world, cell, `s${number}`, wish);
      this.shoppers.push(shopper);
      const at = random.between(10, this.faultyMs - 500);
      queue.schedule(at, () => shopper.start());
      queue.schedule(random.between(10, this.faultyMs), () => read(cell, random.pick(world.pools)));
    }
  }

  /** Most orders have one line, some one of every pool. */
  private drawLines(): Line[] {
    const { random, pools } = this.world;
    const chosen = random.chance(0.2) ? pools.toSorted(byPoolId) : [random.pick(pools)];
    return chosen.map((pool) => ({ pool, quantity: random.pick([1, 1, 1, 2, 3, 5]) }));
  }

  /** Runs on until nothing is in transit, nobody waits and nothing is held. */
  private converge(when: string): void {
    this.runUntil(() => this.findUnsettled(), ['convergence', when]);
  }

  /** @throws ViolationError with what is still found when the time for it is over */
  private runUntil(find: () => string | undefined, [name, when]: readonly [string, string]): void {
    const { queue } = this.world;
    const limit = queue.now + convergeMs;
    for (let turn = 0; ; turn += 1) {
      const found = turn % 16 === 0 ? find() : '';
      if (found === undefined) return;
      if (queue.now > limit) throw new ViolationError(name, `${when}: ${find() ?? ''}`);
      queue.runNext();
    }
  }

  /** What is not at rest yet. */
  private findUnsettled(): string | undefined {
    const { cells, deliveries, pools, watch } = this.world;
    if (!this.shoppers.every(({ isDone }) => isDone)) return 'a shopper has no answer';
    if (!deliveries.every(({ isDone }) => isDone)) return 'a delivery has no answer';
    if (watch.openRequests > 0) return 'a request is still open';
    for (const cell of cells) {
      const unsettled = findUnsettledIn(cell);
      if (unsettled !== undefined) return unsettled;
    }
    const stuck = pools.find((pool) => figuresOf(cells, pool).inTransit !== 0);
    return stuck === undefined ? undefined : `units of ${stuck} are in transit`;
  }

  /** What lies in suspense is counted and found, which pays what is owed beside it; then nobody owes anything. */
  private countShelves(): void {
    const { world } = this;
    for (const cell of world.cells) {
      for (const [pool, { home, balances }] of cell.stock.pools) {
        if (balances.SUSPENSE === 0) continue;
        const document = `${pool} counted at ${cell.id}` as DocumentId;
        const of = { kind: 'resolve' as const, pool, home, document };
        deliver(cell, { ...of, quantity: balances.SUSPENSE }, () => undefined);
      }
    }
    // it is asked back from other cells, which is done now and then
    this.runUntil(() => this.findUnsettled() ?? this.findDebt(), ['debt', 'after the count']);
  }

  private findDebt(): string | undefined {
    for (const { id, stock } of this.world.cells) {
      for (const [pool, { balances }] of stock.pools) {
        if (balances.DEFICIT > 0) return `${id} owes ${balances.DEFICIT} of ${pool}`;
      }
    }
    return undefined;
  }

  /** Somebody can have all that must be left by what was told, and nobody more than that. */
  private checkRemainder(): void {
    const { world } = this;
    for (const pool of world.pools) {
      const left = world.auditor.freeOf(pool);
      if (left < 0) throw new ViolationError('oversold', `${-left} of ${pool} beyond what came in`);
      if (left > 0) {
        // rivals first: then the units still lie where the faults left them
        this.expectOneToHave({ pool, quantity: left }, 2);
        this.expectOneToHave({ pool, quantity: left }, 1);
      }
      const [beyond] = this.ask(`more of ${pool}`, { pool, quantity: left + 1 }, 1);
      if (beyond?.last?.kind !== 'refused' || beyond.last.available !== left) {
        throw new ViolationError(
          'remainder',
          `${left} of ${pool} are left, one more: ${JSON.stringify(beyond?.last)}`,
        );
      }
    }
  }

  /** Of orders that compete for the last units, each at another cell, one gets them. */
  private expectOneToHave(line: Line, orders: 1 | 2): void {
    const asked = this.ask(`${orders} for all of ${line.pool}`, line, orders);
    if (asked.some(({ holdsAll }) => holdsAll)) return;
    const { pool, quantity } = line;
    const how = orders === 1 ? 'cannot be had' : 'are denied to both who want them';
    throw new ViolationError('sellable', `${quantity} of ${pool} are left and ${how}`);
  }

  private ask(name: string, line: Line, orders: number): Shopper[] {
    const { world } = this;
    const wish = { lines: [line], holdSeconds: 1, rounds: 1 };
    const asked = world.random
      .shuffled(world.cells)
      .slice(0, orders)
      .map((cell) => new Shopper(world, cell, `${name} at ${cell.id}`, wish, ['release']));
    this.shoppers.push(...asked);
    for (const shopper of asked) shopper.start();
    this.converge(name);
    return asked;
  }
}

/** A hold that a witness brought back has long to go; whoever made it is asked about it and ends it. */
const isSoonDue = ({ state, expiresAt }: Reservation, now: number): boolean =>
  state === 'HELD' && expiresAt <= now + convergeMs;

function findUnsettledIn(cell: SimulatedCell): string | undefined {
  const { id, stock, isIdle } = cell;
  if (!isIdle) return `${id} is at work`;
  if (stock.state !== 'ACTIVE') return `${id} is ${stock.state}`;
  const held = [...stock.reservations.values()].find((of) => isSoonDue(of, cell.clock()));
  if (held !== undefined) return `${id} holds ${held.id}, which nobody ends`;
  for (const { channels } of stock.pools.values()) {
    for (const { peer, granted, acked } of channels.values()) {
      if (granted !== acked) return `${id} gave ${granted} and heard ${acked} from ${peer}`;
    }
  }
  return undefined;
}
