import type { CellId } from '@entrepot/kernel';

/** What a cell fixes for its people. */
export abstract class IdentitySettings {
  abstract readonly cell: CellId;
  /** Exact origins whose pages may hold a refresh cookie of this cell. */
  abstract readonly browserOrigins: readonly string[];
}
