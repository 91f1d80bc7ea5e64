import type { CellId } from '@entrepot/kernel';
import { ceilingFor } from '../domain/grant-policy.ts';
import { withoutFigures, type BorrowAsk, type BorrowReply } from './peer-inventory.ts';

/** An ask of a peer, and what the donor knows of it. */
export interface AskInSight extends BorrowAsk {
  /** The home of the warehouse lacks units that were promised. */
  readonly isRecall: boolean;
}

/**
 * How many units a border process asks for and gives. Advice: the rules of the books clamp whatever it
 * says, and what an order waits for is asked for whatever it says.
 */
export abstract class BorrowAdvice {
  /** What this cell's own processes ask a peer, as it should cross. */
  abstract forward(peer: CellId, asks: readonly BorrowAsk[]): readonly BorrowAsk[];
  abstract learn(peer: CellId, reply: BorrowReply): void;
  /** Units to give at most, where so many are free. */
  abstract allow(asker: CellId, ask: AskInSight, free: number): number;
  /** The answer to a peer's asks, with what else it may be told. */
  abstract answer(asker: CellId, asks: readonly BorrowAsk[], reply: BorrowReply): BorrowReply;
}

/** Rebalancing is off: asks cross as they are, of what is not needed half is given, and no rate is told or heard. */
export class FixedAdvice extends BorrowAdvice {
  forward(_peer: CellId, asks: readonly BorrowAsk[]): readonly BorrowAsk[] {
    return asks.map(withoutFigures);
  }

  learn(): void {
    // what is heard has no influence
  }

  allow(_asker: CellId, ask: AskInSight, free: number): number {
    return ask.isRecall ? free : ceilingFor(ask, free);
  }

  answer(_asker: CellId, _asks: readonly BorrowAsk[], reply: BorrowReply): BorrowReply {
    return reply;
  }
}
