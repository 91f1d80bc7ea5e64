import type { RelocationId } from '@entrepot/kernel';
import type { PacketFacts } from './packets.ts';

/** Which packets were used here. */
export abstract class Arrivals {
  /** Marks a packet as used; of two at once one is first. Throws RELOCATION_PACKET_USED. */
  abstract mark(packet: Pick<PacketFacts, 'id' | 'from' | 'expiresAt'>, at: Date): Promise<void>;
  /** Takes the mark back: nobody was taken in. */
  abstract unmark(id: RelocationId): Promise<void>;
}
