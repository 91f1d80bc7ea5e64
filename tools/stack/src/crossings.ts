/** The three ways over the border, each a link for every ordered pair of cells that has it. */
export const crossingKinds = ['cell-http', 'kafka-border', 'catalog-replication'] as const;
export type CrossingKind = (typeof crossingKinds)[number];

/** A way that leads into a cell and is open to one other: each pair can be parted, each way by itself. */
export interface Crossing {
  readonly kind: CrossingKind;
  /** Whose door it is. */
  readonly into: string;
  /** Who alone comes through it. */
  readonly from: string;
}

/** `in-1.cell-http.eu-1`: into India, from Europe. */
export const crossingName = ({ into, kind, from }: Crossing): string => `${into}.${kind}.${from}`;

/** Undefined for a link that stays within a cell or leads to a provider. */
export function crossingOf(link: string): Crossing | undefined {
  const [into, kindText, from] = link.split('.');
  const kind = crossingKinds.find((known) => known === kindText);
  if (into === undefined || kind === undefined || from === undefined) return undefined;
  return { kind, into, from };
}
