import type { Availability, PoolId, ReservationId } from '@entrepot/inventory';
import {
  isFinal,
  ShortageLooks,
  type Collect,
  type Outcome,
  type Reserve,
  type Short,
} from '@entrepot/inventory/testing';
import type { LaneAnswer } from './lane.ts';
import type { SimulatedCell } from './simulated-cell.ts';

/** What a shopper is told about an order. */
export type ReserveReply =
  /** What became of each line's reservation. */
  | { readonly kind: 'states'; readonly outcomes: readonly Outcome[] }
  | { readonly kind: 'refused'; readonly pool: PoolId; readonly available: number }
  /** Not final: nothing is held, ask again. */
  | { readonly kind: 'undecided' };

const [budgetMs, askAgainPauseMs, silencesMax] = [2_000, 20, 2];
const held: readonly Outcome[] = ['HELD', 'CONFIRMED'];
const notYet: readonly Outcome[] = ['SHORT', 'DEFERRED'];

/**
 * One order of all or nothing: it takes its lines, borrows what is short, takes again, and says "not
 * enough" only with proof; what it holds is released when it comes to nothing. The steps are those of
 * the use case; the proof is its own code.
 */
export class ReserveAttempt {
  private readonly looks: ShortageLooks;
  private readonly deadline: number;
  private readonly requests: ReadonlyMap<PoolId, number>;
  private readonly outcomes = new Map<ReservationId, Outcome>();
  private silences = 0;

  /** @param commands of one group, in the order of their pools, one for each. */
  constructor(
    private readonly cell: SimulatedCell,
    private readonly commands: readonly Reserve[],
    private readonly reply: (reply: ReserveReply) => void,
  ) {
    const { queue, watch } = cell.world;
    this.looks = new ShortageLooks(cell.tick());
    this.deadline = queue.now + budgetMs;
    this.requests = new Map(
      commands.map(({ pool }) => [pool, watch.openRequest(cell.id, pool)] as const),
    );
  }

  begin(): void {
    const posted = this.commands.find(({ pool }) => this.cell.board.isEmpty(pool));
    if (this.cell.world.protocol.refusesFromBoard && posted !== undefined) {
      this.end({ kind: 'refused', pool: posted.pool, available: 0 });
      return;
    }
    this.take();
  }

  private take(): void {
    const open = this.commands.filter(({ reservation }) => !this.isHeld(reservation));
    this.cell.lane.submit('RESERVE', open, (answer) => this.onTaken(open, answer));
  }

  private isHeld(reservation: ReservationId): boolean {
    const outcome = this.outcomes.get(reservation);
    return outcome !== undefined && held.includes(outcome);
  }

  private onTaken(open: readonly Reserve[], { verdicts, positionOf, at }: LaneAnswer): void {
    const shorts: Short[] = [];
    for (const [index, { reservation, pool, quantity }] of open.entries()) {
      const verdict = verdicts[index];
      if (verdict === undefined) throw new TypeError('a reserve was left without a verdict');
      this.outcomes.set(reservation, verdict.outcome);
      const isShort = notYet.includes(verdict.outcome) && verdict.free < quantity;
      if (isShort) shorts.push({ pool, quantity, here: positionOf(pool), seenAt: at });
    }
    const outcomes = [...this.outcomes.values()];
    if (outcomes.includes('NOT_ACTIVE')) {
      this.end({ kind: 'undecided' });
      return;
    }
    const isSpent = outcomes.some((of) => !held.includes(of) && !notYet.includes(of));
    if (isSpent || outcomes.every((of) => held.includes(of))) {
      this.end({ kind: 'states', outcomes });
      return;
    }
    this.settle(shorts);
  }

  /** Asks the others about every short pool; the order waits for the first of them. */
  private settle(shorts: readonly Short[]): void {
    for (const short of shorts) {
      if (this.refuseIfFinal(short, this.looks.decideFromLast(short))) return;
    }
    const [first] = shorts;
    if (first === undefined) {
      this.take();
      return;
    }
    const looks = new Map<Short, Collect>();
    for (const short of shorts) {
      this.cell.desk.collect(short, (look) => {
        looks.set(short, look);
        if (looks.size === shorts.length) this.onLooks(first, looks);
      });
    }
  }

  private onLooks(first: Short, looks: ReadonlyMap<Short, Collect>): void {
    const { queue, protocol } = this.cell.world;
    let blocked: Availability | undefined;
    for (const [short, look] of looks) {
      const found = protocol.judge(this.looks, short, look);
      if (this.refuseIfFinal(short, found)) return;
      if (short === first) blocked = found;
    }
    const isSilent = blocked?.answer === 'PEER_UNREACHABLE';
    this.silences = isSilent ? this.silences + 1 : 0;
    if (this.silences >= silencesMax || queue.now > this.deadline) {
      this.releaseAndEnd({ kind: 'undecided' });
      return;
    }
    this.cell.after(askAgainPauseMs, () => this.take());
  }

  private refuseIfFinal({ pool }: Short, found: Availability): boolean {
    if (!isFinal(found)) return false;
    const available = found.answer === 'INSUFFICIENT' ? found.available : 0;
    if (available === 0) this.cell.board.post(pool);
    this.releaseAndEnd({ kind: 'refused', pool, available });
    return true;
  }

  private releaseAndEnd(reply: ReserveReply): void {
    if (reply.kind === 'refused') this.checkRefusal(reply);
    const commands = this.commands
      .filter(({ reservation }) => this.isHeld(reservation))
      .map(({ reservation, pool, order, quantity }) => ({
        ...{ kind: 'release' as const, reservation, pool, order, quantity },
      }));
    if (commands.length === 0) this.end(reply);
    else this.cell.lane.submit('RELEASE', commands, () => this.end(reply));
  }

  private checkRefusal({ pool, available }: Extract<ReserveReply, { kind: 'refused' }>): void {
    const request = this.requests.get(pool);
    if (request !== undefined) this.cell.world.watch.onRefusal(request, available);
  }

  private end(reply: ReserveReply): void {
    if (reply.kind === 'refused') this.checkRefusal(reply);
    for (const request of this.requests.values()) this.cell.world.watch.closeRequest(request);
    this.reply(reply);
  }
}
