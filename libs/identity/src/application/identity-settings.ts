import type { CellId } from '@entrepot/kernel';

/** What a cell fixes for its people. */
export class IdentitySettings {
  readonly cell: CellId;
  /** Exact origins whose pages may hold a refresh cookie of this cell. */
  readonly browserOrigins: readonly string[];

  constructor(cell: CellId, browserOrigins: readonly string[]) {
    this.cell = cell;
    this.browserOrigins = browserOrigins;
  }
}
