import type { RelocationView } from '@entrepot/contracts/api/relocation';
import { Clock } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { Injectable } from '@nestjs/common';
import { stateOf } from '../domain/relocation.ts';
import type { Departure } from '../domain/relocation.ts';

/** How moves are shown: with the origin of the new home, and as they are now. */
@Injectable()
export class RelocationViews {
  constructor(
    private readonly directory: CellDirectory,
    private readonly clock: Clock,
  ) {}

  of(departure: Departure): RelocationView {
    return {
      id: departure.id,
      state: stateOf(departure, this.clock.now()),
      home: { cell: departure.to, origin: this.directory.get(departure.to).origin },
      issuedAt: departure.issuedAt.toISOString(),
      expiresAt: departure.expiresAt.toISOString(),
      completedAt: departure.completedAt?.toISOString() ?? null,
      erasureRequestId: departure.erasureRequest ?? null,
    };
  }
}
