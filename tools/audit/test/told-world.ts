import { generateKeyPairSync } from 'node:crypto';
import { digestOfVector, noVector, signVector, textOfVector } from '@entrepot/inventory/model';
import type { ConservationVector, PoolTotals } from '@entrepot/inventory/model';
import { decideBatch, emptyStock } from '@entrepot/inventory/testing';
import type { CellStock, Command } from '@entrepot/inventory/testing';
import type { CellId } from '@entrepot/kernel';
import { lineOfVector, readChain } from '../src/conservation/vector-chain.ts';
import type { VectorChain } from '../src/conservation/vector-chain.ts';

export const india = 'in-1' as CellId;
export const europe = 'eu-1' as CellId;
export const france = 'eu-2' as CellId;
export const cells = [india, europe, france] as const;
/** The cell of each warehouse. */
export const homes = new Map([
  ['blr', india],
  ['rtm', europe],
  ['cdg', france],
]);

const pairs = new Map(cells.map((cell) => [cell, generateKeyPairSync('ed25519')]));
const pairOf = (cell: CellId) => {
  const pair = pairs.get(cell);
  if (pair === undefined) throw new Error(`${cell} has no keys`);
  return pair;
};
export const publicKeyOf = (cell: CellId): string =>
  pairOf(cell).publicKey.export({ type: 'spki', format: 'pem' }).toString();

const startedAt = Date.parse('2026-01-01T00:00:00Z');

export const totalsOf = (stock: CellStock): PoolTotals[] =>
  [...stock.pools].map(([pool, { home, balances, channels }]) => ({
    ...{ pool, home, balances },
    channels: [...channels.values()].map(({ peer, granted, applied, acked }) => ({
      ...{ peer, granted, applied, acked },
    })),
  }));

/** The vectors of a cell, each with all its pools, a minute apart, chained. `at`: minutes since the world began. */
export function chainOf(
  cell: CellId,
  tellings: readonly { readonly at: number; readonly pools: readonly PoolTotals[] }[],
  state = 'ACTIVE',
): ConservationVector[] {
  let previous = noVector;
  return tellings.map(({ at, pools }, index) => {
    const vector: ConservationVector = {
      format: 'entrepot-conservation-vector/1',
      ...{ cell, number: index + 1, previous, epoch: 1, state },
      notBefore: new Date(startedAt + at * 60_000).toISOString(),
      notAfter: new Date(startedAt + at * 60_000 + 200).toISOString(),
      isComplete: true,
      position: `${index * 10}`,
      slice: { after: '', through: null },
      pools: [...pools],
    };
    previous = digestOfVector(textOfVector(vector));
    return vector;
  });
}

/** The lines of a file, each signed by the cell that it names, or by another. */
export const linesOf = (vectors: readonly ConservationVector[], signer?: CellId): string[] =>
  vectors.map((vector) => {
    const body = textOfVector(vector);
    const { privateKey } = pairOf(signer ?? (vector.cell as CellId));
    return lineOfVector({ body, signature: signVector(body, privateKey) });
  });

export const readBack = (cell: CellId, vectors: readonly ConservationVector[]): VectorChain =>
  readChain(cell, linesOf(vectors), [publicKeyOf(cell)]);

/** Three cells that live by the real rules, and tell their books from time to time. */
export class ToldWorld {
  private readonly stocks = new Map<CellId, CellStock>(
    cells.map((cell) => [cell, emptyStock(cell)]),
  );
  private readonly told = new Map<CellId, { at: number; pools: PoolTotals[] }[]>(
    cells.map((cell) => [cell, []]),
  );
  private now = 0;

  do(cell: CellId, ...commands: Command[]): void {
    this.stocks.set(cell, decideBatch(this.stockOf(cell), commands, 0).stock);
  }

  grantedTo(peer: CellId, donor: CellId, pool: string): number {
    const books = [...this.stockOf(donor).pools].find(([id]) => id === pool)?.[1];
    return books?.channels.get(peer)?.granted ?? 0;
  }

  /** One cell tells its books; time goes on by a minute. */
  tell(cell: CellId): void {
    this.told.get(cell)?.push({ at: this.now, pools: totalsOf(this.stockOf(cell)) });
    this.now += 1;
  }

  chain(cell: CellId): ConservationVector[] {
    return chainOf(cell, this.told.get(cell) ?? []);
  }

  private stockOf(cell: CellId): CellStock {
    return this.stocks.get(cell) ?? emptyStock(cell);
  }
}
