import type { CellId } from '@entrepot/kernel';

/** A cell that has sent no heartbeat for so long counts as silent; it sends one every 5 s. */
export const silentAfterSeconds = 30;

/** Which of the other cells are there. */
export abstract class PeerPulse {
  /** Cells that were not heard for `silentAfterSeconds`, or never; as of the last second. */
  abstract silentPeers(): Promise<ReadonlySet<CellId>>;
}
