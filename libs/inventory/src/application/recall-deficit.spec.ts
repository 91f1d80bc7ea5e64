import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { v4 } from 'uuid';
import type { Mint, WriteOff } from '../domain/commands.ts';
import { findBreaches, findGlobalBreaches } from '../domain/invariants.ts';
import { poolIdOf } from '../domain/pool.ts';
import { openCellsInMemory, type CellInMemory } from '../testing/cells-in-memory.ts';

const [india, europe, america] = ['in-1', 'eu-1', 'us-1'] as [CellId, CellId, CellId];
const directory = {
  cells: [
    { id: india, warehouses: [{ id: 'blr' }] },
    { id: europe, warehouses: [] },
    { id: america, warehouses: [] },
  ],
} as unknown as Parameters<typeof openCellsInMemory>[0];
const pool = poolIdOf('blr', 'soap');

let cells: ReadonlyMap<CellId, CellInMemory>;
const cell = (id: CellId): CellInMemory => {
  const found = cells.get(id);
  if (found === undefined) throw new RangeError(`there is no cell ${id}`);
  return found;
};
const balances = (id: CellId) => cell(id).ledger.stock.pools.get(pool)?.balances;

beforeEach(async () => {
  cells = openCellsInMemory(directory);
  const document = v4() as Mint['document'];
  await cell(india).lanes.submit([
    { kind: 'mint', pool, home: india, document, quantity: 100, into: 'FREE' },
  ]);
  for (const peer of [europe, america]) {
    await cell(india).lanes.submit([
      { kind: 'grant', pool, peer, level: 40, ceiling: 40, acked: 0 },
    ]);
    await cell(peer).lanes.submit([
      { kind: 'apply', pool, home: india, peer: india, total: 40, epoch: 1 },
    ]);
  }
});

const lose = (quantity: number) => {
  const document = v4() as WriteOff['document'];
  const lost = { kind: 'writeOff', pool, home: india, document, quantity, from: 'FREE' } as const;
  return cell(india).lanes.submit([lost]);
};

describe('a deficit', () => {
  it('is asked of one peer after the other until it is paid, and of none for more', async () => {
    await lose(75);
    expect(await cell(india).recallDeficit.execute()).toEqual({
      ...{ pools: 1, owed: 55, recalled: 55, silentPeers: [] },
    });
    expect(balances(india)).toMatchObject({ DEFICIT: 0, FREE: 0 });
    expect((balances(europe)?.FREE ?? 0) + (balances(america)?.FREE ?? 0)).toBe(25);
  });

  it('takes all that a peer has free, and the rest stays owed', async () => {
    await lose(100);
    const before = cell(india).exchanges();
    expect(await cell(india).recallDeficit.execute()).toMatchObject({ owed: 80, recalled: 80 });
    expect(cell(india).exchanges() - before).toBe(2);
    expect(balances(europe)).toMatchObject({ FREE: 0 });
    const stocks = [...cells.values()].map(({ ledger }) => ledger.stock);
    expect([...stocks.flatMap(findBreaches), ...findGlobalBreaches(stocks)]).toEqual([]);
  });

  it('asks nobody where nothing is owed', async () => {
    await lose(20);
    const before = cell(india).exchanges();
    expect(await cell(india).recallDeficit.execute()).toMatchObject({ pools: 0 });
    expect(cell(india).exchanges()).toBe(before);
  });

  it('of another cell than the home is asked of nobody’s reserve', async () => {
    const ask = { pool, level: 60, need: 0, acked: 0, isWaiting: false };
    const recall = { ...ask, reason: 'WRITE_OFF' } as const;
    const given = async (asker: CellId) =>
      (await cell(europe).grantStock.execute(asker, [recall])).grants[0]?.grantedTotal;
    expect(await given(america)).toBe(20);
    expect(await given(india)).toBe(20);
  });
});
