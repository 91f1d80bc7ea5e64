import type { CellId } from '@entrepot/kernel';
import type { Apply } from '../domain/commands.ts';
import type { PoolId } from '../domain/pool.ts';
import type { BorrowAsk, BorrowReply } from './peer-inventory.ts';
import type { StockMap } from './stock-map.ts';

/** What a peer's answer brings, beyond what its asker had taken in when it asked. */
export interface Arrival {
  readonly apply: Apply;
  readonly units: number;
}

export function arrivalsOf(
  peer: CellId,
  {
    asks,
    reply,
    map,
  }: { readonly asks: readonly BorrowAsk[]; readonly reply: BorrowReply; readonly map: StockMap },
): readonly Arrival[] {
  const ackedOf = new Map<PoolId, number>(asks.map(({ pool, acked }) => [pool, acked]));
  return reply.grants.flatMap(({ pool, grantedTotal: total }): Arrival[] => {
    const units = total - (ackedOf.get(pool) ?? total);
    if (units <= 0) return [];
    const home = map.homeOf(pool);
    return [{ apply: { kind: 'apply', pool, home, peer, total, epoch: reply.epoch }, units }];
  });
}
