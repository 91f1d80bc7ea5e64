import type { CellId } from '@entrepot/kernel';
import type { Outcome, Readopt, Repair } from '../../domain/commands.ts';
import { HighestTotals, NewestMovements } from '../../domain/witness.ts';
import { PeerSilentError } from '../peer-inventory.ts';
import type { StockLedger } from '../stock-ledger.ts';
import type { StockMap } from '../stock-map.ts';
import type { ChannelTotals, OpenRecovery, RecoveryBooks } from './recovery-books.ts';
import type { PeerView, RecoveryPeers } from './recovery-peers.ts';
import type { WitnessMark } from './witness-mark.ts';
import type { WitnessTopic } from './witness-topic.ts';

/** How often a worker looks whether its cell is to be mended. */
export const recoverEveryMs = 5_000;
const commandsPerBatchMax = 500;

export interface RecoveryReport {
  readonly epoch: number;
  /** Peers that have not answered yet; while there is any, the cell sells nothing. */
  readonly silentPeers: readonly CellId[];
  /** Peers that people declared lost, without which it goes on where they are silent. */
  readonly lostPeers: readonly CellId[];
  /** Reservations that this run wrote in. */
  readonly readopted: number;
  readonly isActive: boolean;
}

/** A command that cannot be refused was: the books and what mends them contradict each other. People decide. */
export class RecoveryContradictedError extends Error {
  override readonly name = 'RecoveryContradictedError';
}

/** A newer recovery was begun, or another process ended this one: what is left is not this run's to do. */
class OvertakenError extends Error {
  override readonly name = 'OvertakenError';
}

/**
 * Mends the books of a cell that recovers: takes from its own witness the totals of every channel and each
 * reservation that is known better there, then raises every channel to what its peer knows, then sells again. It may
 * die at any line and begin again, in this process or another: what was done is done, and doing it again changes nothing.
 */
export class RecoverCell {
  /** Whom this process has heard to the end, in the epoch that it was asked in. */
  private readonly repaired = new Map<CellId, number>();

  constructor(
    private readonly map: StockMap,
    private readonly books: RecoveryBooks,
    private readonly peers: RecoveryPeers,
    private readonly witness: { readonly topic: WitnessTopic; readonly mark: WitnessMark },
    private readonly ledger: StockLedger,
  ) {}

  /**
   * `undefined` where nothing is to be mended, or somebody else does it.
   * @throws RecoveryContradictedError
   */
  async execute(): Promise<RecoveryReport | undefined> {
    const recovery = await this.books.findOpenRecovery();
    if (recovery === undefined) return undefined;
    try {
      return await this.mend(recovery);
    } catch (error) {
      if (error instanceof OvertakenError) return undefined;
      throw error;
    }
  }

  private async mend(recovery: OpenRecovery): Promise<RecoveryReport> {
    const { epoch } = recovery;
    const readopted = recovery.hasRemembered ? 0 : await this.remember(recovery);
    // before any peer hears it: whoever restores the cell later must know in which epochs it has spoken
    await this.witness.mark.noteEpoch(epoch);
    const silentPeers: CellId[] = [];
    const lostPeers = await this.books.findLost();
    for (const peer of this.map.peers) {
      if (this.repaired.get(peer) === epoch) continue;
      // one that was declared lost is heard too if it speaks, and not waited for: it may have declared this one lost
      if (await this.repairWith(peer, epoch)) this.repaired.set(peer, epoch);
      else if (!lostPeers.includes(peer)) silentPeers.push(peer);
    }
    const isActive = silentPeers.length === 0 && (await this.end(recovery));
    return { epoch, silentPeers, lostPeers, readopted, isActive };
  }

  private async end(recovery: OpenRecovery): Promise<boolean> {
    await this.books.openCases(recovery);
    return this.books.end(recovery.epoch);
  }

  /** False where the peer did not answer to the end. */
  private async repairWith(peer: CellId, epoch: number): Promise<boolean> {
    try {
      let view = await this.peers.tellView(peer, { epoch });
      for (;;) {
        await this.take(peer, view, epoch);
        if (view.next === undefined) return true;
        const next = await this.peers.tellView(peer, { epoch, after: view.next });
        // it was restored between two pages, and has forgotten perhaps what it told in the first
        if (next.epoch !== view.epoch) return false;
        view = next;
      }
    } catch (error) {
      if (error instanceof PeerSilentError) return false;
      throw error;
    }
  }

  private async take(peer: CellId, { epoch: own, heard, channels }: PeerView, epoch: number) {
    if (heard !== epoch) {
      await this.books.begin(heard);
      throw new OvertakenError('the cell had spoken in a newer epoch and forgotten it');
    }
    await this.books.hear(peer, own);
    await this.apply(channels.map((seen) => this.repairOf(peer, seen)));
  }

  /**
   * Writes in what the cell's own witness knows, rights before what was sold of them. Resolves to the number of
   * reservations that were written in.
   */
  private async remember({ epoch, mends }: OpenRecovery): Promise<number> {
    const totals = new HighestTotals();
    const newest = new NewestMovements(mends);
    await this.witness.topic.readAll((told) => {
      if ('reservation' in told) newest.take(told);
      else totals.take(told);
    });
    // what a cell has given is what its peer has taken in
    const repairs = totals
      .all()
      .map(({ peer, pool, granted, applied }) =>
        this.repairOf(peer, { pool, granted: applied, applied: granted }),
      );
    await this.apply(repairs);
    const readopts = newest.all().map(({ reservation, pool, order, quantity, state }): Readopt => ({
      kind: 'readopt',
      pool,
      home: this.map.homeOf(pool),
      ...{ reservation, order, quantity, state },
    }));
    const readopted = await this.apply(readopts);
    await this.books.noteRemembered(epoch);
    return readopted;
  }

  /** @param seen by the peer */
  private repairOf(peer: CellId, { pool, granted, applied }: ChannelTotals): Repair {
    return {
      ...{ kind: 'repair', pool, home: this.map.homeOf(pool) },
      ...{ peer, granted, applied },
    };
  }

  /** Resolves to how many changed something. */
  private async apply(commands: readonly (Repair | Readopt)[]): Promise<number> {
    let changed = 0;
    for (let from = 0; from < commands.length; from += commandsPerBatchMax) {
      const part = commands.slice(from, from + commandsPerBatchMax);
      const { verdicts } = await this.ledger.apply(part);
      part.forEach((command, at) => assertTaken(command, verdicts[at]?.outcome));
      changed += verdicts.filter((verdict) => verdict.changed).length;
    }
    return changed;
  }
}

function assertTaken({ kind, pool }: Repair | Readopt, outcome: Outcome | undefined): void {
  if (outcome === 'NOT_RECOVERING') {
    throw new OvertakenError('the recovery was ended by another process');
  }
  if (outcome === 'CONFLICT') {
    throw new RecoveryContradictedError(`${kind} of ${pool} was answered ${outcome}`);
  }
}
