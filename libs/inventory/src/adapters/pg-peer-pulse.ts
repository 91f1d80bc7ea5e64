import type { CellId, Clock } from '@entrepot/kernel';
import type { Queryable } from '@entrepot/platform-database';
import { readPeerHealth } from '@entrepot/platform-messaging';
import { PeerPulse, silentAfterSeconds } from '../application/peer-pulse.ts';

const rememberedMs = 1_000;

/** By the heartbeats that have arrived in this cell's database; everybody who asks within a second shares one look. */
export class PgPeerPulse extends PeerPulse {
  private newest: Promise<ReadonlySet<CellId>> | undefined;
  private lookedAt = 0;

  constructor(
    private readonly database: Queryable,
    private readonly peers: readonly CellId[],
    private readonly clock: Clock,
  ) {
    super();
  }

  silentPeers(): Promise<ReadonlySet<CellId>> {
    const now = performance.now();
    if (this.newest === undefined || now - this.lookedAt > rememberedMs) {
      this.lookedAt = now;
      const look = this.look();
      this.newest = look;
      look.catch(() => (this.newest = undefined));
    }
    return this.newest;
  }

  private async look(): Promise<ReadonlySet<CellId>> {
    const heard = await readPeerHealth(this.database);
    const since = this.clock.now().getTime() - silentAfterSeconds * 1_000;
    const alive = new Set(
      heard.filter(({ heardAt }) => (heardAt?.getTime() ?? 0) >= since).map(({ cell }) => cell),
    );
    return new Set(this.peers.filter((peer) => !alive.has(peer)));
  }
}
