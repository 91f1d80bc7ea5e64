import { DomainError } from '@entrepot/kernel';
import type { RelocationId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { Arrivals } from '../application/arrivals.ts';
import type { PacketFacts } from '../application/packets.ts';
import { forgetOldArrivals, markArrival, unmarkArrival } from './relocation-statements.ts';

/** Well past any difference of clocks: until then a packet may still be in time. */
const markOutlivesPacketMs = 3_600_000;

@Injectable()
export class PgArrivals extends Arrivals {
  readonly #database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.#database = database;
  }

  override async mark(
    { id, from, expiresAt }: Pick<PacketFacts, 'id' | 'from' | 'expiresAt'>,
    at: Date,
  ): Promise<void> {
    await this.#database.execute(forgetOldArrivals, [
      new Date(at.getTime() - markOutlivesPacketMs),
    ]);
    if ((await this.#database.execute(markArrival, [id, from, at, expiresAt])) === 1) return;
    throw new DomainError('RELOCATION_PACKET_USED', `${id} was used`);
  }

  override async unmark(id: RelocationId): Promise<void> {
    await this.#database.execute(unmarkArrival, [id]);
  }
}
