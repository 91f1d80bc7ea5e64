import type { CellId } from '@entrepot/kernel';
import type { Ack } from '../domain/commands.ts';
import type { PoolId } from '../domain/pool.ts';
import { PeerSilentError, poolsPerCallMax, type PeerInventory } from './peer-inventory.ts';
import type { StockLanes } from './stock-lanes.ts';
import type { StockStore } from './stock-store.ts';
import type { ChannelPlace, OpenChannel } from './stock-store.ts';

/** How often a border process runs this. */
export const reconcileEveryMs = 30_000;
const channelsPerRunMax = 10_000;

export interface ReconcileReport {
  /** Channels of this run whose peer had not said that it took in everything. */
  readonly open: number;
  readonly acknowledged: number;
  readonly oldestSeconds: number;
  readonly silentPeers: readonly CellId[];
  /** Pools of which a peer took in more than this cell remembers giving. */
  readonly regressed: readonly PoolId[];
}

const nothingToTell: ReconcileReport = {
  ...{ open: 0, acknowledged: 0, oldestSeconds: 0 },
  ...{ silentPeers: [], regressed: [] },
};

/**
 * Repeats to each peer the totals it has not acknowledged: whatever was lost on other ways arrives
 * here, and what arrived is acknowledged. A run reads at most ten thousand channels, and the next goes on
 * behind them, so that those of a cell that never answers stand in the way of none.
 *
 * A cell that recovers is silent: a peer that heard of the new epoch here would take the door to the older
 * ones for closed while a batch that takes in one of theirs is under way.
 */
export class ReconcileChannels {
  private after: ChannelPlace | undefined;

  constructor(
    private readonly store: StockStore,
    private readonly peers: PeerInventory,
    private readonly lanes: StockLanes,
  ) {}

  async execute(): Promise<ReconcileReport> {
    // first, so that no total is told in an epoch that began after it was read
    const { state, epoch } = await this.store.findStanding();
    if (state === 'RECOVERING') return nothingToTell;
    const open = await this.store.findUnacknowledged(this.after, channelsPerRunMax);
    this.after = open.length < channelsPerRunMax ? undefined : open.at(-1);
    const silentPeers = new Set<CellId>();
    const regressed: PoolId[] = [];
    let acknowledged = 0;
    for (const [peer, channels] of Map.groupBy(open, (channel) => channel.peer)) {
      for (let from = 0; from < channels.length; from += poolsPerCallMax) {
        const part = channels.slice(from, from + poolsPerCallMax);
        const verdicts = await this.exchange(peer, part, epoch);
        if (verdicts === undefined) silentPeers.add(peer);
        const heard = verdicts ?? [];
        acknowledged += heard.filter(({ outcome }) => outcome === 'ACKED').length;
        const wrong = heard.filter(({ outcome }) => outcome === 'REGRESSED');
        regressed.push(...wrong.map(({ pool }) => pool));
      }
    }
    const oldestSeconds = Math.max(0, ...open.map(({ ageSeconds }) => ageSeconds));
    return {
      open: open.length,
      acknowledged,
      oldestSeconds,
      silentPeers: [...silentPeers],
      regressed,
    };
  }

  private async exchange(peer: CellId, channels: readonly OpenChannel[], epoch: number) {
    try {
      const totals = channels.map(({ pool, granted }) => ({ pool, grantedTotal: granted }));
      const heard = await this.peers.exchangeTotals(peer, { epoch, totals });
      const asked = new Set(channels.map(({ pool }) => pool));
      const acks = heard.totals
        .filter(({ pool }) => asked.has(pool))
        .map(({ pool, appliedTotal }): Ack => ({
          kind: 'ack',
          pool,
          peer,
          total: appliedTotal,
        }));
      const { verdicts } = await this.lanes.submit(acks);
      return acks.map(({ pool }, at) => ({ pool, outcome: verdicts[at]?.outcome }));
    } catch (error) {
      if (error instanceof PeerSilentError) return undefined;
      throw error;
    }
  }
}
