import type { RelocationView } from '@entrepot/contracts/api/relocation';
import type { CellDirectory } from '@entrepot/platform-config';
import { stateOf } from '../domain/relocation.ts';
import type { Departure } from '../domain/relocation.ts';

export const relocationViewOf = (
  departure: Departure,
  directory: CellDirectory,
  at: Date,
): RelocationView => ({
  id: departure.id,
  state: stateOf(departure, at),
  home: { cell: departure.to, origin: directory.get(departure.to).origin },
  issuedAt: departure.issuedAt.toISOString(),
  expiresAt: departure.expiresAt.toISOString(),
  completedAt: departure.completedAt?.toISOString() ?? null,
  erasureRequestId: departure.erasureRequest ?? null,
});
