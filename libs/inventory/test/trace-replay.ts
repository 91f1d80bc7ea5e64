import type { CellId } from '@entrepot/kernel';
import type { CellStock } from '../src/domain/cell-stock.ts';
import type { Command, DocumentId } from '../src/domain/commands.ts';
import type { ReservationId, TransitionKind } from '../src/domain/reservation.ts';
import { decide, emptyStock, homeCell, orderOf, thePool, uuidOf } from '../src/testing/model.ts';
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
    else if (action === 'repair') this.carryOut(picks.v.to, repairOf(step));
    else this.carryOut(picks.c, this.ownCommand(step));
  }

  /** What befalls a cell, and no command of its books: true if the step was of that kind. */
  private isLifeOfCell({ action, picks: { c } }: SpecifiedStep): boolean {
    const stock = this.stockOf(c);
    switch (action) {
      case 'init':
      case 'ask':
      case 'tellView':
        return true;
      case 'backUp':
        this.backups.set(c, stock);
        return true;
      case 'restore':
        this.stocks.set(c, { ...(this.backups.get(c) ?? emptyStock(c)), state: 'FENCED' });
        return true;
      case 'beginRecovery':
        this.stocks.set(c, { ...stock, state: 'RECOVERING', epoch: stock.epoch + 1 });
        return true;
      case 'activate':
        this.stocks.set(c, { ...stock, state: 'ACTIVE' });
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

  /** The commands that bring a reservation to where its witness saw it. */
  private readopt({ picks: { c, r }, cells }: SpecifiedStep): void {
    const of = { ...reservationOf(r), home: homeCell };
    const was = this.stockOf(c).reservations.get(of.reservation)?.state;
    const now = cells.get(c)?.reservations.get(r);
    const held = { ...of, kind: 'readopt', state: 'HELD' } as const;
    const confirmed = { ...of, kind: 'readopt', state: 'CONFIRMED' } as const;
    const sold = was === 'CONFIRMED' ? [] : [confirmed];
    const commands: Readonly<Record<string, readonly Command[]>> = {
      HELD: [held],
      CONFIRMED: [confirmed],
      SHIPPED: [...sold, { ...of, kind: 'ship' }],
      CANCELLED: [...sold, { ...of, kind: 'cancel' }],
      RELEASED: [{ ...of, kind: 'release' }],
      EXPIRED: [...(was === undefined ? [held] : []), { ...of, kind: 'expire' }],
    };
    for (const command of commands[now ?? ''] ?? []) this.carryOut(c, command);
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
