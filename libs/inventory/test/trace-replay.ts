import type { CellId } from '@entrepot/kernel';
import type { CellStock } from '../src/domain/cell-stock.ts';
import type { Command, DocumentId } from '../src/domain/commands.ts';
import type { ReservationId, ReservationState, TransitionKind } from '../src/domain/reservation.ts';
import {
  beginRecovery,
  decide,
  emptyStock,
  endRecovery,
  hearEpoch,
  homeCell,
  orderOf,
  thePool,
  uuidOf,
} from '../src/testing/model.ts';
import type { SpecifiedStep } from './specified-trace.ts';

const endings: Readonly<Record<string, TransitionKind>> = {
  confirm: 'confirm',
  release: 'release',
  closeDoor: 'release',
  expire: 'expire',
  cancel: 'cancel',
  ship: 'ship',
};

/** Cells that live through a trace of the specification by the commands of the reducer. */
export class TraceReplay {
  private readonly stocks = new Map<CellId, CellStock>();
  private readonly backups = new Map<CellId, CellStock>();
  private documents = 0;
  /** The kinds of commands that were carried out. */
  readonly kinds: Command['kind'][] = [];

  stockOf(cell: CellId): CellStock {
    return this.stocks.get(cell) ?? emptyStock(cell);
  }

  take(step: SpecifiedStep): void {
    if (this.isLifeOfCell(step)) return;
    const { action, picks } = step;
    if (action === 'readopt') this.readopt(step);
    else if (action === 'grant') this.carryOut(picks.a.to, grantOf(step));
    else if (action === 'apply') this.carryOut(picks.g.to, applyOf(step));
    else if (action === 'repair') {
      this.note(picks.v.to, picks.v.from, picks.v.peerEpoch);
      this.carryOut(picks.v.to, repairOf(step));
    } else this.carryOut(picks.c, this.ownCommand(step));
  }

  /** What befalls a cell, and no command of its books: true if the step was of that kind. */
  private isLifeOfCell(step: SpecifiedStep): boolean {
    const { action, picks } = step;
    const { c, p } = picks;
    const stock = this.stockOf(c);
    switch (action) {
      case 'init':
      case 'ask':
        return true;
      case 'tellView':
        this.hear(p, c);
        return true;
      case 'backUp':
        this.backups.set(c, stock);
        return true;
      case 'restore':
        // the epoch is kept outside of the database, by the witness
        this.stocks.set(c, {
          ...(this.backups.get(c) ?? emptyStock(c)),
          ...{ state: 'FENCED', epoch: stock.epoch },
        });
        return true;
      case 'beginRecovery':
        this.stocks.set(c, beginRecovery(stock, 0));
        for (const command of rememberedBy(step)) this.carryOut(c, command);
        return true;
      case 'activate':
        this.stocks.set(c, endRecovery(stock, stock.epoch));
        return true;
      default:
        return false;
    }
  }

  private ownCommand({ action, picks: { d, r } }: SpecifiedStep): Command {
    const ending = endings[action];
    if (ending !== undefined) return { ...reservationOf(r), kind: ending };
    const document = { pool: thePool, home: homeCell, quantity: 1 };
    switch (action) {
      case 'hold':
        return { ...reservationOf(r), kind: 'reserve', group: 'one', holdSeconds: 0 };
      case 'mint':
        return { ...document, kind: 'mint', document: uuidOf(1, d) as DocumentId, into: 'FREE' };
      case 'writeOff':
        return { ...document, kind: 'writeOff', document: this.newDocument(), from: 'FREE' };
      case 'resolve':
        return { ...document, kind: 'resolve', document: this.newDocument() };
      default:
        throw new TypeError(`no command is known for the action ${action}`);
    }
  }

  /** `listener` is told in which epoch `speaker` recovers, before it tells its view. */
  private hear(listener: CellId, speaker: CellId): void {
    this.note(listener, speaker, this.stockOf(speaker).epoch);
  }

  private note(listener: CellId, speaker: CellId, epoch: number): void {
    this.stocks.set(listener, hearEpoch(this.stockOf(listener), speaker, epoch));
  }

  /** Brings a reservation to where its witness saw it. */
  private readopt({ picks: { c, r }, cells }: SpecifiedStep): void {
    const of = { ...reservationOf(r), home: homeCell };
    const state = cells.get(c)?.reservations.get(r) as ReservationState;
    this.carryOut(c, { ...of, kind: 'readopt', state });
  }

  private newDocument(): DocumentId {
    this.documents += 1;
    return uuidOf(3, this.documents) as DocumentId;
  }

  private carryOut(cell: CellId, command: Command): void {
    // in the specification a hold may expire at any instant
    const now = command.kind === 'expire' ? Number.MAX_VALUE : 0;
    const { stock } = decide(this.stockOf(cell), command, { now, stoppedGroup: undefined });
    this.stocks.set(cell, stock);
    this.kinds.push(command.kind);
  }
}

const reservationOf = (number: number) => ({
  pool: thePool,
  reservation: uuidOf(2, number) as ReservationId,
  order: orderOf(number),
  quantity: 1,
});

function grantOf({ picks: { a, n } }: SpecifiedStep): Command {
  const { from: peer, level } = a;
  return { kind: 'grant', pool: thePool, peer, level, ceiling: n, acked: 0 };
}

function applyOf({ picks: { g } }: SpecifiedStep): Command {
  const { from: peer, total, epoch } = g;
  return { kind: 'apply', home: homeCell, pool: thePool, peer, total, epoch };
}

function repairOf({ picks: { v } }: SpecifiedStep): Command {
  const { from: peer, granted, applied } = v;
  return { kind: 'repair', pool: thePool, home: homeCell, peer, granted, applied };
}

/** A cell's own witness tells its channels as their other ends see them: what it gave is what they took in. */
function rememberedBy({ picks: { c }, told }: SpecifiedStep): Command[] {
  const { granted, applied } = told.get(c) ?? { granted: new Map(), applied: new Map() };
  return [...told.keys()].map((peer) => ({
    ...{ kind: 'repair', pool: thePool, home: homeCell, peer },
    ...{ granted: applied.get(peer) ?? 0, applied: granted.get(peer) ?? 0 },
  }));
}
