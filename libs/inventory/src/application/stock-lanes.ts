import type { Command, Verdict } from '../domain/commands.ts';
import type { PoolId, PoolPosition } from '../domain/pool.ts';
import type { AvailabilityBoard } from './availability-board.ts';
import { Lane, laneDefaults, type LaneAnswer, type LaneOptions } from './lane.ts';
import type { StockLedger } from './stock-ledger.ts';

/** How long commands may wait in a lane and be asked again, unless the caller says otherwise. */
export const submitDeadlineMs = 10_000;

/**
 * All writes to the stock of this cell that come from this process. A pool always goes to the same
 * lane; each lane has a connection of its own.
 */
export class StockLanes {
  private readonly lanes: readonly Lane[];
  private events = 0;
  private readonly watchers: ((commands: readonly Command[]) => void)[] = [];

  constructor(
    ledgers: readonly StockLedger[],
    private readonly board: AvailabilityBoard,
    options: LaneOptions = laneDefaults,
  ) {
    if (ledgers.length === 0) throw new RangeError('a process has at least one lane');
    this.lanes = ledgers.map((ledger) => new Lane(ledger, () => this.tick(), options));
  }

  get depth(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.depth, 0);
  }

  /** Calls back after every call of this process, with what it may have carried out. */
  onWrite(watcher: (commands: readonly Command[]) => void): void {
    this.watchers.push(watcher);
  }

  /** Counts an event of this process. */
  tick(): number {
    this.events += 1;
    return this.events;
  }

  /**
   * Carries out commands in their order, atomically where one lane serves all their pools; with more
   * lanes, one lane after the other, so that no order waits in two lanes at once.
   */
  async submit(
    commands: readonly Command[],
    deadline: number = performance.now() + submitDeadlineMs,
  ): Promise<LaneAnswer> {
    try {
      const [only] = this.lanes;
      if (this.lanes.length > 1 || only === undefined) return await this.spread(commands, deadline);
      return await only.submit(commands, deadline);
    } finally {
      this.board.takeDown(commands);
      for (const watch of this.watchers) watch(commands);
    }
  }

  /** The same, for whoever needs a ledger and has no deadline of its own. */
  apply(commands: readonly Command[]): Promise<LaneAnswer> {
    return this.submit(commands);
  }

  private async spread(commands: readonly Command[], deadline: number): Promise<LaneAnswer> {
    const byLane = Map.groupBy(commands.keys(), (at) => this.laneOf(commands[at]?.pool));
    let at = 0;
    let isRepeated = false;
    const verdicts = new Array<Verdict>(commands.length);
    const positions = new Map<PoolId, PoolPosition>();
    for (const [lane, places] of byLane) {
      const own = places.flatMap((at) => commands[at] ?? []);
      const answer = await lane.submit(own, deadline);
      at = answer.at;
      isRepeated ||= answer.isRepeated;
      for (const [index, place] of places.entries()) {
        const verdict = answer.verdicts[index];
        if (verdict !== undefined) verdicts[place] = verdict;
      }
      for (const [pool, position] of answer.positions) positions.set(pool, position);
    }
    return { verdicts, positions, at, isRepeated };
  }

  private laneOf(pool: PoolId | undefined): Lane {
    let hash = 0;
    for (const character of pool ?? '') hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
    const lane = this.lanes[hash % this.lanes.length];
    if (lane === undefined) throw new RangeError('a process has at least one lane');
    return lane;
  }
}
