import type { CellId } from '@entrepot/kernel';
import { poolIdOf, type PoolId } from '@entrepot/inventory';
import type { CellStock } from '@entrepot/inventory/testing';
import type { Delivery } from '../buyers/warehouse.ts';
import { Auditor } from '../checks/auditor.ts';
import { StockWatch } from '../checks/stock-watch.ts';
import { EventQueue } from '../clock/event-queue.ts';
import { Random } from '../clock/random.ts';
import type { Protocol } from '../cell/protocol.ts';
import { SimulatedCell } from '../cell/simulated-cell.ts';
import { remembranceOf } from '../recovery/losses.ts';
import { emptyTally, type CrashPoint, type FaultKind, type WorkKind } from '../faults/coverage.ts';
import { drawSwarm, type Swarm } from '../faults/swarm.ts';
import { Network } from '../network/network.ts';
import { Trace } from './trace.ts';

const cellNames = ['in-1', 'eu-1', 'eu-2', 'us-1'] as CellId[];
const targetedStrikesMax = 3;

/** Everything of one run; all chance in it comes from its seed. */
export class World {
  readonly queue = new EventQueue();
  readonly random: Random;
  readonly swarm: Swarm;
  readonly network: Network;
  readonly cells: readonly SimulatedCell[];
  readonly pools: readonly PoolId[];
  readonly watch = new StockWatch(this);
  readonly auditor = new Auditor();
  readonly trace = new Trace();
  readonly tally = emptyTally();
  readonly deliveries: Delivery[] = [];
  isFaulty = true;
  private readonly homes: ReadonlyMap<PoolId, CellId>;
  private readonly byId: ReadonlyMap<CellId, SimulatedCell>;
  private readonly peers: ReadonlyMap<CellId, readonly SimulatedCell[]>;
  private targetedStrikes = 0;
  private numbers = 0;

  /** @param cellCount 2 to 4; drawn from the seed when left out. */
  constructor(
    seed: number,
    readonly protocol: Protocol,
    cellCount?: number,
  ) {
    this.random = new Random(seed);
    const drawn = this.random.pick([2, 2, 3, 4]);
    this.swarm = drawSwarm(this.random);
    this.network = new Network(this.queue, this.random, this.swarm, (fault) => {
      this.tally.faults[fault] += 1;
    });
    const names = cellNames.slice(0, cellCount ?? drawn);
    this.pools = ['mug', 'tea', 'ink']
      .slice(0, this.random.between(1, 3))
      .map((sku) => poolIdOf('blr', sku));
    this.homes = new Map(this.pools.map((pool) => [pool, this.random.pick(names)]));
    this.cells = names.map((id) => new SimulatedCell(id, this));
    this.byId = new Map(this.cells.map((cell) => [cell.id, cell]));
    this.peers = new Map(names.map((id) => [id, this.cells.filter((cell) => cell.id !== id)]));
    for (const cell of this.cells) {
      cell.clockOffset = this.random.between(-this.swarm.skewMs, this.swarm.skewMs);
    }
  }

  cell(id: CellId): SimulatedCell {
    const found = this.byId.get(id);
    if (found === undefined) throw new RangeError(`there is no cell ${id}`);
    return found;
  }

  peersOf(id: CellId): readonly SimulatedCell[] {
    return this.peers.get(id) ?? [];
  }

  homeOf(pool: PoolId): CellId {
    const home = this.homes.get(pool);
    if (home === undefined) throw new RangeError(`there is no pool ${pool}`);
    return home;
  }

  nextNumber(): number {
    this.numbers += 1;
    return this.numbers;
  }

  happened(who: string, what: string, detail?: unknown): void {
    this.tally.events += 1;
    this.trace.note(this.queue.now, who, what, detail);
  }

  fault(kind: FaultKind, who: string, detail?: unknown): void {
    this.tally.faults[kind] += 1;
    this.trace.note(this.queue.now, who, kind, detail);
  }

  /** Whether a process dies at this point. */
  strikes(kind: WorkKind, point: CrashPoint): boolean {
    if (!this.isFaulty) return false;
    const { target, crash } = this.swarm;
    const isTarget = target.kind === kind && target.point === point;
    if (isTarget && this.targetedStrikes < targetedStrikesMax && this.random.chance(0.3)) {
      this.targetedStrikes += 1;
      return true;
    }
    return crash > 0 && this.random.chance(crash);
  }

  losesAnswer(): boolean {
    return this.isFaulty && this.random.chance(this.swarm.answerLoss);
  }

  doublesRequest(): boolean {
    return this.isFaulty && this.random.chance(this.swarm.requestDoubling);
  }

  /** The books of a cell are those of a backup; what nobody remembers is reported to whoever was told of it. */
  onRestored(cell: SimulatedCell, lost: CellStock): void {
    const remembrance = remembranceOf(lost, cell.stock, cell.witness.told);
    this.watch.onRestored(cell, lost, remembrance);
    for (const loss of remembrance.losses) {
      this.tally.recovery['units sold that nobody remembers'] += this.auditor.onLost(loss);
    }
  }

  /** A restored cell sells again: the warehouse tells it once more what it may have forgotten. */
  onMended(cell: SimulatedCell): void {
    this.tally.recovery['recoveries ended'] += 1;
    for (const { balances } of cell.stock.pools.values()) {
      this.tally.recovery['units suspended'] += balances.SUSPENSE;
      this.tally.recovery['units owed'] += balances.DEFICIT;
    }
    this.watch.onMended(cell);
    for (const delivery of this.deliveries) delivery.tellAgain(cell.id);
  }

  /** No more harm: links carry everything, processes stay up. */
  heal(): void {
    this.isFaulty = false;
    this.network.heal();
    for (const cell of this.cells) cell.start();
  }
}
