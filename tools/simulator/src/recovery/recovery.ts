import type { CellId } from '@entrepot/kernel';
import {
  endRecovery,
  findForgotten,
  hearEpoch,
  HighestTotals,
  NewestMovements,
  type OpenRecovery,
  type Readopt,
  type Repair,
  type Verdict,
} from '@entrepot/inventory/testing';
import type { PoolId } from '@entrepot/inventory';
import type { ViewAsk, ViewTold } from '../cell/messages.ts';
import { ViolationError } from '../checks/violation.ts';
import type { SimulatedCell } from '../cell/simulated-cell.ts';
import { tellView } from './tell-view.ts';

export const recoverEveryMs = 300;

interface Totals {
  readonly pool: PoolId;
  readonly granted: number;
  readonly applied: number;
}

/**
 * Mends the books of a restored cell: what its own witness knows, rights before what was sold of them, then what every
 * peer knows, then it sells again. Whether books are behind, in which epoch it speaks and what is mended by which record
 * is the platform's own code; the order of steps is written anew, each an event, so that a process may die between any two.
 */
export class Recovery {
  private readonly repaired = new Set<CellId>();
  private isRemembering = false;

  constructor(private readonly cell: SimulatedCell) {}

  /** At the start of a process before it serves, and again and again. */
  run(): void {
    this.compare();
    const { recovery } = this.cell.notes;
    if (recovery === undefined) return;
    if (recovery.hasRemembered) this.askPeers(recovery);
    else this.remember(recovery);
  }

  /** Whether a witness knows of more than the journal has. */
  compare(): void {
    const { stock, notes, witness, world } = this.cell;
    if (!world.protocol.comparesWithWitness) return;
    const { highest } = witness;
    const isDeaf = notes.recovery?.hasRemembered === false;
    const journal = { epoch: stock.epoch, place: stock.journal.length, isDeaf };
    const recent = witness.tail();
    const unknown = recent
      .filter(({ epoch, place }) => epoch === journal.epoch && place > journal.place)
      .map(({ place }) => place);
    const forgotten = findForgotten(journal, { highest, recent, unknown });
    if (forgotten !== undefined) this.begin(forgotten);
  }

  /** @param witnessed the newest epoch of the cell that anybody outside of its books has heard */
  begin(witnessed: number): void {
    const { cell } = this;
    const { stock, notes } = cell;
    const begun = cell.world.protocol.begin(stock, witnessed);
    if (begun === stock) return;
    const place = stock.journal.length;
    // what an earlier recovery had to mend and has not is still to be mended
    const mends = notes.recovery?.mends ?? { epoch: stock.epoch, place };
    cell.notes = {
      ...notes,
      epochs: [...notes.epochs, { epoch: begun.epoch, place }],
      recovery: { epoch: begun.epoch, mends, hasRemembered: false },
    };
    this.forget();
    cell.commit(begun, { commands: [], verdicts: [] });
  }

  forget(): void {
    this.repaired.clear();
    this.isRemembering = false;
  }

  onView({ from, asked, epoch, heard, channels }: ViewTold): void {
    const { cell } = this;
    const { recovery } = cell.notes;
    if (recovery?.epoch !== asked) return;
    if (heard !== asked) {
      this.begin(heard);
      return;
    }
    cell.commit(hearEpoch(cell.stock, from, epoch), { commands: [], verdicts: [] });
    const commands = channels.map((seen) => this.repairOf(from, seen));
    cell.lane.submit('REPAIR', commands, ({ verdicts }) => {
      assertTaken(verdicts);
      if (cell.notes.recovery?.epoch !== asked) return;
      this.repaired.add(from);
      this.endWith(asked);
    });
  }

  private remember({ epoch, mends }: OpenRecovery): void {
    const { cell } = this;
    if (this.isRemembering) return;
    if (!cell.world.protocol.readsWitness) {
      this.noteRemembered(epoch);
      return;
    }
    this.isRemembering = true;
    cell.receive('READOPT', epoch, () => {
      const totals = new HighestTotals();
      const newest = new NewestMovements(mends);
      for (const told of cell.witness.told) {
        if ('reservation' in told) newest.take(told);
        else totals.take(told);
      }
      // what a cell has given is what its peer has taken in
      const repairs = totals
        .all()
        .map(({ peer, pool, granted, applied }) =>
          this.repairOf(peer, { pool, granted: applied, applied: granted }),
        );
      const readopts = newest
        .all()
        .map(({ reservation, pool, order, quantity, state }): Readopt => {
          const home = cell.world.homeOf(pool);
          return { kind: 'readopt', pool, home, reservation, order, quantity, state };
        });
      cell.lane.submit('READOPT', repairs, (repaired) => {
        assertTaken(repaired.verdicts);
        cell.lane.submit('READOPT', readopts, ({ verdicts }) => {
          assertTaken(verdicts);
          cell.world.tally.recovery['reservations readopted'] += verdicts.filter(
            ({ changed }) => changed,
          ).length;
          this.noteRemembered(epoch);
        });
      });
    });
  }

  private noteRemembered(epoch: number): void {
    const { cell } = this;
    this.isRemembering = false;
    const { recovery } = cell.notes;
    if (recovery?.epoch !== epoch) return;
    cell.notes = { ...cell.notes, recovery: { ...recovery, hasRemembered: true } };
    this.askPeers(recovery);
  }

  private askPeers({ epoch }: OpenRecovery): void {
    const { id, world, witness } = this.cell;
    // before anybody hears it: who is restored later must know in which epochs the cell spoke
    if (world.protocol.marksEpochs) witness.raise({ epoch, place: 0 });
    const ask: ViewAsk = { from: id, epoch };
    for (const peer of world.peersOf(id)) {
      if (this.repaired.has(peer.id)) continue;
      world.network.send(id, peer.id, () => {
        peer.receive('VIEW', ask, () => tellView(peer, ask));
      });
    }
    this.endWith(epoch);
  }

  private endWith(epoch: number): void {
    const { cell } = this;
    const { world } = cell;
    if (cell.notes.recovery?.hasRemembered !== true) return;
    const isWaiting = world.peersOf(cell.id).some(({ id }) => !this.repaired.has(id));
    if (isWaiting && world.protocol.waitsForPeers) return;
    const ended = endRecovery(cell.stock, epoch);
    if (ended === cell.stock) return;
    cell.notes = { ...cell.notes, recovery: undefined };
    cell.commit(ended, { commands: [], verdicts: [] });
    world.onMended(cell);
  }

  private repairOf(peer: CellId, { pool, granted, applied }: Totals): Repair {
    const home = this.cell.world.homeOf(pool);
    return { kind: 'repair', pool, home, peer, granted, applied };
  }
}

function assertTaken(verdicts: readonly Verdict[]): void {
  if (verdicts.every(({ outcome }) => outcome !== 'CONFLICT')) return;
  throw new ViolationError('recovery', 'books and what mends them contradict each other');
}
