import type { CellId } from '@entrepot/kernel';
import { readFileSync } from 'node:fs';
import type { Command, ReceiptId } from '../src/domain/commands.ts';
import type { ReservationId } from '../src/domain/reservation.ts';
import { homeCell, orderOf, thePool, uuidOf } from '../src/testing/model.ts';

/** A cell as the specification has it after a step. */
export interface SpecifiedCell {
  readonly books: Readonly<Record<string, number>>;
  readonly granted: ReadonlyMap<string, number>;
  readonly applied: ReadonlyMap<string, number>;
  readonly reservations: ReadonlyMap<number, string>;
}

interface Picks {
  readonly c: string;
  readonly d: number;
  readonly r: number;
  readonly n: number;
  readonly a: { readonly from: string; readonly to: string; readonly level: number };
  readonly g: {
    readonly from: string;
    readonly to: string;
    readonly epoch: number;
    readonly total: number;
  };
}

export interface SpecifiedStep {
  readonly action: string;
  readonly picks: Picks;
  readonly cells: ReadonlyMap<CellId, SpecifiedCell>;
}

/** Reads a trace in the Informal Trace Format of Apalache (ADR 015 there), as Quint writes it. */
export function readTrace(file: string): SpecifiedStep[] {
  const { states } = JSON.parse(readFileSync(file, 'utf8')) as {
    states: Record<string, unknown>[];
  };
  return states.map((state) => {
    const named = Object.fromEntries(
      Object.entries(state).map(([name, value]) => [name.split('::').at(-1), decode(value)]),
    );
    const { actionTaken, nondetPicks, cells } = named as Record<string, unknown>;
    return {
      action: actionTaken as string,
      picks: chosen(nondetPicks as Record<string, { tag: string; value: unknown }>),
      cells: cells as ReadonlyMap<CellId, SpecifiedCell>,
    };
  });
}

const chosen = (picks: Record<string, { tag: string; value: unknown }>): Picks =>
  Object.fromEntries(
    Object.entries(picks).flatMap(([name, { tag, value }]) =>
      tag === 'Some' ? [[name, value]] : [],
    ),
  ) as unknown as Picks;

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  const of = value as Record<string, unknown>;
  if ('#bigint' in of) return Number(of['#bigint']);
  if ('#set' in of) return decode(of['#set']);
  if ('#tup' in of) return decode(of['#tup']);
  if ('#map' in of) return new Map(decode(of['#map']) as [unknown, unknown][]);
  return Object.fromEntries(Object.entries(of).map(([name, field]) => [name, decode(field)]));
}

const endings: Readonly<
  Record<string, Extract<Command['kind'], 'confirm' | 'release' | 'expire' | 'cancel' | 'ship'>>
> = {
  confirm: 'confirm',
  release: 'release',
  closeDoor: 'release',
  expire: 'expire',
  cancel: 'cancel',
  ship: 'ship',
};

/** The command that an action of the specification stands for, and the cell that carries it out. */
export function commandOf({
  action,
  picks: { c, d, r, n, a, g },
}: SpecifiedStep): { readonly cell: string; readonly command: Command } | undefined {
  const pool = thePool;
  const reservation = uuidOf(2, r) as ReservationId;
  const ending = endings[action];
  if (ending !== undefined) {
    const of = { pool, reservation, order: orderOf(r), quantity: 1 };
    return { cell: c, command: { ...of, kind: ending } };
  }
  switch (action) {
    case 'init':
    case 'ask':
      return undefined;
    case 'mint': {
      const receipt = uuidOf(1, d) as ReceiptId;
      return { cell: c, command: { kind: 'mint', pool, home: homeCell, receipt, quantity: 1 } };
    }
    case 'hold': {
      const of = { pool, reservation, order: orderOf(r), quantity: 1 };
      return { cell: c, command: { ...of, kind: 'reserve', group: 'one', holdSeconds: 0 } };
    }
    case 'grant': {
      const { from, to, level } = a;
      const peer = from as CellId;
      return { cell: to, command: { kind: 'grant', pool, peer, level, ceiling: n, acked: 0 } };
    }
    case 'apply': {
      const { from, to, total, epoch } = g;
      const peer = from as CellId;
      return { cell: to, command: { kind: 'apply', home: homeCell, pool, peer, total, epoch } };
    }
    default:
      throw new TypeError(`no command is known for the action ${action}`);
  }
}
