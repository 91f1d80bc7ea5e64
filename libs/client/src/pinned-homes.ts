/** A cell this client may talk to. The list ships with the storefront; no answer ever adds to it. */
export interface PinnedHome {
  readonly cell: string;
  /** Scheme, host and port, without a trailing slash: `https://eu-1.shop.example`. */
  readonly origin: string;
}

/** A cell named an origin that the storefront does not know: a wrong deployment, or an attack. */
export class UnpinnedHomeError extends Error {
  override readonly name = 'UnpinnedHomeError';
  readonly cell: string;

  constructor(cell: string) {
    super(`cell ${cell} is not among the pinned homes; update the storefront's list`);
    this.cell = cell;
  }
}

export class PinnedHomes {
  private readonly byCell: ReadonlyMap<string, PinnedHome>;

  constructor(homes: readonly PinnedHome[]) {
    if (homes.length === 0) throw new RangeError('at least one home must be pinned');
    this.byCell = new Map(homes.map((home) => [home.cell, home]));
  }

  /** The pinned origin of a cell; what an answer says the origin is does not matter. */
  find(cell: string): PinnedHome {
    const home = this.byCell.get(cell);
    if (home === undefined) throw new UnpinnedHomeError(cell);
    return home;
  }

  /** Any one, for what every cell answers alike: homes and the catalog. */
  nearest(): PinnedHome {
    const [home] = this.byCell.values();
    if (home === undefined) throw new RangeError('no home is pinned');
    return home;
  }
}
