import { Clock } from '@entrepot/kernel';
import type { RelocationId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { Arrivals } from './arrivals.ts';
import { Packets } from './packets.ts';

/** Spends a packet at the new home: nobody is taken in with it, neither by this nor later. */
@Injectable()
export class WithdrawPacket {
  constructor(
    private readonly packets: Packets,
    private readonly arrivals: Arrivals,
    private readonly clock: Clock,
  ) {}

  /** Throws what `Packets.read` throws, and RELOCATION_PACKET_USED. The packet is not opened. */
  async execute(packet: string): Promise<RelocationId> {
    const read = await this.packets.read(packet);
    await this.arrivals.mark(read, this.clock.now());
    return read.id;
  }
}
