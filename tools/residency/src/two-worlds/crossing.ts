/** Something that left a cell, as its bytes were. */
export interface Crossing {
  readonly channel: 'topic' | 'http' | 'catalog';
  /** `in-1 global.inventory.v1`, `in-1 POST /cell/v1/inventory/borrow`, `in-1 catalog.product`. */
  readonly place: string;
  /** What keeps an order of its own: a record key; empty where nothing is ordered. */
  readonly key: string;
  /** Everything besides the body that travels: headers of HTTP, headers of a record. */
  readonly head: Readonly<Record<string, string>>;
  /** JSON, or the columns of a row. */
  readonly body: string;
}

/** Everything that crossed while one world lived its day. */
export type WorldTraffic = readonly Crossing[];
