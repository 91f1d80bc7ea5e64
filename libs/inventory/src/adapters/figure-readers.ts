import { PeerRefusedError } from '@entrepot/platform-http/border';
import { withoutFigures, type BorrowAsk } from '../application/peer-inventory.ts';
import { steadySeconds } from '../application/steady-seconds.ts';

/** For so long after a refusal a reader is told no figures; then it may have been brought up to date. */
const refusedSeconds = 600;

/**
 * Who reads the figures that go with an ask as advice. A process of a version that does not know them refuses the
 * call for its unknown fields, before it has done anything: it is asked again without, and for some time.
 */
export class FigureReaders<Reader> {
  private readonly refusedAt = new Map<Reader, number>();

  /** @param now seconds of a clock that does not go back. */
  constructor(private readonly now: () => number = steadySeconds) {}

  async tell<T>(
    reader: Reader,
    asks: readonly BorrowAsk[],
    send: (asks: readonly BorrowAsk[]) => Promise<T>,
  ): Promise<T> {
    if (!asks.some(tellsFigures)) return send(asks);
    if (!this.reads(reader)) return send(asks.map(withoutFigures));
    try {
      return await send(asks);
    } catch (error) {
      if (!(error instanceof PeerRefusedError) || error.code !== 'VALIDATION_FAILED') throw error;
      this.refusedAt.set(reader, this.now());
      return send(asks.map(withoutFigures));
    }
  }

  private reads(reader: Reader): boolean {
    const refusedAt = this.refusedAt.get(reader);
    return refusedAt === undefined || this.now() - refusedAt > refusedSeconds;
  }
}

const tellsFigures = ({ rate, free }: BorrowAsk): boolean =>
  rate !== undefined || free !== undefined;
