import type { CellId, RelocationId } from '@entrepot/kernel';
import type { RelocationContent } from '../domain/relocation-content.ts';

/** What a packet says in the clear, and what its signature binds together. */
export interface PacketFacts {
  readonly id: RelocationId;
  readonly from: CellId;
  readonly to: CellId;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** A packet for this cell whose signature holds, not opened yet. */
export interface ReadPacket extends PacketFacts {
  readonly sealed: string;
}

/** Packets: sealed to the new home, signed by the old one. */
export abstract class Packets {
  /** Throws RELOCATION_CLOSED where the new home has published no key to seal to. */
  abstract write(facts: PacketFacts, content: RelocationContent): Promise<string>;
  /**
   * Throws RELOCATION_PACKET_MALFORMED, RELOCATION_ORIGIN_UNKNOWN, RELOCATION_PACKET_FORGED,
   * RELOCATION_PACKET_ELSEWHERE and RELOCATION_PACKET_EXPIRED, in this order.
   */
  abstract read(packet: string): Promise<ReadPacket>;
  /** Throws RELOCATION_PACKET_FORGED, RELOCATION_CLOSED where this cell takes nobody in, and UNAVAILABLE. */
  abstract open(packet: ReadPacket): Promise<RelocationContent>;
}
