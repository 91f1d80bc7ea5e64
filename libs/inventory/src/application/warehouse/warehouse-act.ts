import type { CellId } from '@entrepot/kernel';
import { v5 } from 'uuid';
import type { Command, DocumentId } from '../../domain/commands.ts';
import type { DemandForecast } from '../../domain/opening-shares.ts';
import { poolIdOf, type PoolId } from '../../domain/pool.ts';

/** Where units come to lie: for sale, or on the shelf until somebody has looked at them. */
export type StockPart = 'sellable' | 'quarantine';

interface OfPool {
  readonly sku: string;
  readonly warehouse: string;
}
interface OfUnits extends OfPool {
  readonly quantity: number;
}

/** One line of each kind of document; quantities in units. */
export interface ActLines {
  readonly receipt: OfUnits & {
    readonly into: StockPart;
    /** The document of the transfer that arrived. */
    readonly transfer?: string;
  };
  readonly return: OfPool & { readonly sellable: number; readonly damaged: number };
  readonly 'write-off': OfUnits & { readonly from: StockPart; readonly reason: string };
  readonly quarantine: OfUnits & { readonly reason: string };
  readonly clearing: OfUnits;
  readonly 'safety-level': OfPool & { readonly level: number };
  readonly transfer: OfUnits & { readonly to: string };
  readonly count: OfPool & { readonly counted: number; readonly position: number };
  readonly dispatch: OfUnits;
  readonly 'suspense-resolution': OfUnits;
}
export type ActKind = keyof ActLines;
export type ActLine = ActLines[ActKind];

/** What staff say that the warehouse did; its lines are carried out together or not at all. */
export interface WarehouseAct<Kind extends ActKind = ActKind> {
  readonly kind: Kind;
  readonly lines: readonly ActLines[Kind][];
  /** Of a receipt whose units are shared with other cells at once; as long as it is not said, they stay here. */
  readonly forecast?: DemandForecast;
}

/** One command of an act, with the line and the field that it answers for. */
export interface ActStep {
  readonly command: Command;
  readonly line: number;
  readonly field: string;
}

/** Kinds by which a warehouse may come to have an article that it never had before. */
const opensPools: ReadonlySet<ActKind> = new Set(['receipt', 'return', 'count']);

export const needsBooks = ({ kind }: WarehouseAct): boolean => !opensPools.has(kind);

/** Suspense is in the books of every cell; all else is said by the home of the warehouse. */
export const isOfHome = ({ kind }: WarehouseAct): boolean => kind !== 'suspense-resolution';

interface Site {
  readonly pool: PoolId;
  readonly home: CellId;
  readonly document: DocumentId;
}
interface Builder<Kind extends ActKind> {
  /** Field of a line, and the command that it leads to. */
  (line: ActLines[Kind], site: Site): readonly (readonly [field: string, command: Command])[];
}

const accountOf = { sellable: 'FREE', quarantine: 'QUARANTINE' } as const;
const arrivalNamespace = '5a1c1b0e-8f0b-5c58-9d5c-6b4f4d2f7a11';

const builders: { readonly [Kind in ActKind]: Builder<Kind> } = {
  receipt: ({ quantity, into, transfer }, site) => {
    // named by the transfer, so that it arrives once, whoever takes it in
    const document = transfer === undefined ? site.document : arrivalOf(transfer, site.pool);
    const mint = { ...site, kind: 'mint', document, quantity, into: accountOf[into] } as const;
    return [['quantity', mint]];
  },
  return: ({ sellable, damaged }, site) =>
    (
      [
        ['sellable', sellable, 'FREE'],
        ['damaged', damaged, 'QUARANTINE'],
      ] as const
    )
      .filter(([, quantity]) => quantity > 0)
      .map(([field, quantity, into]) => {
        const document = partOf(site.document, field);
        return [field, { ...site, kind: 'mint', document, quantity, into }] as const;
      }),
  'write-off': ({ quantity, from }, site) => [
    ['quantity', { ...site, kind: 'writeOff', quantity, from: accountOf[from] }],
  ],
  quarantine: ({ quantity }, site) => [['quantity', { ...site, kind: 'setAside', quantity }]],
  clearing: ({ quantity }, site) => [['quantity', { ...site, kind: 'clear', quantity }]],
  'safety-level': ({ level }, site) => [['level', { ...site, kind: 'keepSafe', level }]],
  transfer: ({ quantity }, site) => [['quantity', { ...site, kind: 'transfer', quantity }]],
  count: ({ counted, position }, site) => [
    ['position', { ...site, kind: 'count', counted, position }],
  ],
  dispatch: ({ quantity }, site) => [['quantity', { ...site, kind: 'dispatch', quantity }]],
  'suspense-resolution': ({ quantity }, site) => [
    ['quantity', { ...site, kind: 'resolve', quantity }],
  ],
};

/**
 * The commands of an act in the order of its lines. Each has a document of its own, named by that of the
 * act, so that an act does nothing twice.
 */
export function stepsOf<Kind extends ActKind>(
  { kind, lines }: WarehouseAct<Kind>,
  document: string,
  homeOf: (pool: PoolId) => CellId,
): ActStep[] {
  const build: Builder<Kind> = builders[kind];
  return lines.flatMap((of, line) => {
    const pool = poolIdOf(of.warehouse, of.sku);
    const site = { pool, home: homeOf(pool), document: partOf(document, String(line)) };
    return build(of, site).map(([field, command]) => ({ command, line, field }));
  });
}

const partOf = (document: string, part: string) => v5(part, document) as DocumentId;
const arrivalOf = (transfer: string, pool: PoolId) =>
  v5(`${transfer} ${pool}`, arrivalNamespace) as DocumentId;
