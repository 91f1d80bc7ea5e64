import type { Availability } from '@entrepot/inventory';
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

/** What a shopper is told about a reserve. */
export type ReserveReply =
  | { readonly kind: 'state'; readonly outcome: Outcome }
  | { readonly kind: 'refused'; readonly available: number }
  /** Not final: ask again. */
  | { readonly kind: 'undecided' };

const [budgetMs, askAgainPauseMs, silencesMax] = [2_000, 20, 2];

/**
 * One call that wants units held: it takes, borrows what is short, takes again, and says "not enough"
 * only with proof. The steps are those of the use case; the proof is its own code.
 */
export class ReserveAttempt {
  private readonly looks: ShortageLooks;
  private readonly deadline: number;
  private readonly request: number;
  private silences = 0;

  constructor(
    private readonly cell: SimulatedCell,
    private readonly command: Reserve,
    private readonly reply: (reply: ReserveReply) => void,
  ) {
    this.looks = new ShortageLooks(cell.tick());
    this.deadline = cell.world.queue.now + budgetMs;
    this.request = cell.world.watch.openRequest(cell.id, command.pool);
  }

  begin(): void {
    const { pool } = this.command;
    if (this.cell.world.protocol.refusesFromBoard && this.cell.board.isEmpty(pool)) {
      this.end({ kind: 'refused', available: 0 });
      return;
    }
    this.take();
  }

  private take(): void {
    this.cell.lane.submit('RESERVE', [this.command], (answer) => this.onTaken(answer));
  }

  private onTaken({ verdicts, positionOf, at }: LaneAnswer): void {
    const outcome = verdicts[0]?.outcome;
    if (outcome === undefined) throw new TypeError('a reserve was left without a verdict');
    if (outcome !== 'SHORT') {
      this.end({ kind: 'state', outcome });
      return;
    }
    const { pool, quantity } = this.command;
    const short: Short = { pool, quantity, here: positionOf(pool), seenAt: at };
    if (this.refuseIfFinal(this.looks.decideFromLast(short))) return;
    this.cell.desk.collect(short, (look) => this.onLook(short, look));
  }

  private onLook(short: Short, look: Collect): void {
    const { queue, protocol } = this.cell.world;
    const found = protocol.judge(this.looks, short, look);
    if (this.refuseIfFinal(found)) return;
    const isSilent = found.answer === 'PEER_UNREACHABLE';
    this.silences = isSilent ? this.silences + 1 : 0;
    if (this.silences >= silencesMax || queue.now > this.deadline) {
      this.end({ kind: 'undecided' });
      return;
    }
    this.cell.after(askAgainPauseMs, () => this.take());
  }

  private refuseIfFinal(found: Availability): boolean {
    if (!isFinal(found)) return false;
    const available = found.answer === 'INSUFFICIENT' ? found.available : 0;
    if (available === 0) this.cell.board.post(this.command.pool);
    this.end({ kind: 'refused', available });
    return true;
  }

  private end(reply: ReserveReply): void {
    const { watch } = this.cell.world;
    if (reply.kind === 'refused') watch.onRefusal(this.request, this.command, reply.available);
    watch.closeRequest(this.request);
    this.reply(reply);
  }
}
