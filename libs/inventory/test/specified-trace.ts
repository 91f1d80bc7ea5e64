import type { CellId } from '@entrepot/kernel';
import { readFileSync } from 'node:fs';

/** A cell as the specification has it after a step. */
export interface SpecifiedCell {
  readonly books: Readonly<Record<string, number>>;
  readonly granted: ReadonlyMap<string, number>;
  readonly applied: ReadonlyMap<string, number>;
  readonly peerEpoch: ReadonlyMap<string, number>;
  readonly reservations: ReadonlyMap<number, string>;
}

/** What was chosen for a step: cell, peer, delivery, reservation, units, ask, grant and view. */
interface Picks {
  readonly c: CellId;
  readonly p: CellId;
  readonly d: number;
  readonly r: number;
  readonly n: number;
  readonly a: { readonly from: CellId; readonly to: CellId; readonly level: number };
  readonly g: {
    readonly from: CellId;
    readonly to: CellId;
    readonly epoch: number;
    readonly total: number;
  };
  readonly v: {
    readonly from: CellId;
    readonly to: CellId;
    readonly peerEpoch: number;
    readonly granted: number;
    readonly applied: number;
  };
}

export interface SpecifiedStep {
  readonly action: string;
  readonly picks: Picks;
  readonly cells: ReadonlyMap<CellId, SpecifiedCell>;
  /** What the witness of each cell has heard of its channels. */
  readonly told: ReadonlyMap<CellId, Pick<SpecifiedCell, 'granted' | 'applied'>>;
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
    const { actionTaken, nondetPicks, cells, told } = named as Record<string, unknown>;
    return {
      action: actionTaken as string,
      picks: chosen(nondetPicks as Record<string, { tag: string; value: unknown }>),
      cells: cells as SpecifiedStep['cells'],
      told: told as SpecifiedStep['told'],
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
