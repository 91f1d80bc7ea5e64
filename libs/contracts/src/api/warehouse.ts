import { z } from 'zod';

/** Of one document, in lines. */
export const documentLinesMax = 1_000;
/** Of one line, in units. */
export const lineUnitsMax = 1_000_000;
/** Pools on one page. */
export const poolsPageMax = 200;
const poolsPageDefault = 50;
/** Documents on one page; each may have a thousand lines. */
export const documentsPageMax = 20;

const sku = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/, 'an article number');
const warehouse = z.string().regex(/^[a-z][a-z0-9-]{1,31}$/, 'a warehouse id');
const quantity = z.int().min(1).max(lineUnitsMax);
const count = z.int().min(0).max(lineUnitsMax);
const documentId = z.uuid();

const place = { sku, warehouse };
const linesOf = <Line extends z.ZodRawShape>(line: Line) =>
  z.array(z.strictObject(line)).min(1).max(documentLinesMax);

interface NamedPool {
  readonly sku: string;
  readonly warehouse?: string;
}

/** Places of lines that name a pool which an earlier one has named. */
function repeatedIn(lines: readonly NamedPool[]): number[] {
  const nameOf = (line: NamedPool) => `${line.warehouse ?? ''}/${line.sku}`;
  const first = new Map(lines.map((line, at) => [nameOf(line), at] as const).toReversed());
  return [...lines.entries()]
    .filter(([at, line]) => first.get(nameOf(line)) !== at)
    .map(([at]) => at);
}

/** For documents in which a second line of the same pool would contradict the first. */
const oncePerPool = (lines: readonly NamedPool[], context: z.RefinementCtx): void => {
  for (const at of repeatedIn(lines)) {
    context.addIssue({ code: 'custom', path: [at, 'sku'], message: 'each article once' });
  }
};

/** Where units come to lie: for sale, or on the shelf until somebody has looked at them. */
export const stockPart = z.enum(['sellable', 'quarantine']);
export const writeOffReason = z.enum([
  'damaged',
  'lost',
  'stolen',
  'expired',
  'recalled',
  'sampled',
]);
export const quarantineReason = z.enum(['damaged', 'inspection', 'recalled']);

/** Of one cell in a forecast. */
export const forecastWeightMax = 1_000_000;
const cellId = z.string().regex(/^[a-z]{2}-[1-9][0-9]{0,2}$/, 'a cell id');
/** What part of the demand is expected in each cell, as weights of any sum; none where a cell is not named. */
const forecast = z
  .record(cellId, z.int().min(0).max(forecastWeightMax))
  .refine((weights) => Object.values(weights).some((weight) => weight > 0), 'a weight above 0');

/** POST /admin/v1/stock/receipts: goods that arrived at a warehouse of this cell. */
export const receiveStockBody = z
  .strictObject({
    lines: linesOf({ ...place, quantity }),
    into: stockPart.default('sellable'),
    /** The document of the transfer that arrives with this delivery; each of its articles arrives once. */
    transfer: documentId.optional(),
    /** The units are shared with other cells by it at once; without it they stay here until they are asked for. */
    forecast: forecast.optional(),
  })
  .refine((receipt) => receipt.forecast === undefined || receipt.into === 'sellable', {
    path: ['forecast'],
    message: 'only for units that are for sale',
  })
  .superRefine(({ lines, transfer }, context) => {
    if (transfer === undefined) return;
    for (const at of repeatedIn(lines)) {
      context.addIssue({
        code: 'custom',
        path: ['lines', at, 'sku'],
        message: 'each article once',
      });
    }
  });

/** POST /admin/v1/stock/returns: goods that came back, after inspection. */
export const returnStockBody = z.strictObject({
  lines: z
    .array(
      z
        .strictObject({ ...place, sellable: count, damaged: count })
        .refine(({ sellable, damaged }) => sellable + damaged > 0, {
          path: ['sellable'],
          message: 'at least one unit, sellable or damaged',
        }),
    )
    .min(1)
    .max(documentLinesMax),
});

/** POST /admin/v1/stock/write-offs: units that are not there any more, or are to be thrown away. */
export const writeOffBody = z.strictObject({
  lines: linesOf({
    ...place,
    quantity,
    reason: writeOffReason,
    from: stockPart.default('sellable'),
  }),
});

/** POST /admin/v1/stock/quarantine: units that are not to be sold until somebody has looked at them. */
export const quarantineBody = z.strictObject({
  lines: linesOf({ ...place, quantity, reason: quarantineReason }),
});

/** POST /admin/v1/stock/quarantine/clearings: units that were looked at and may be sold. */
export const clearQuarantineBody = z.strictObject({ lines: linesOf({ ...place, quantity }) });

/** PUT /admin/v1/stock/safety-levels: units that are kept against shrinkage and not for sale. */
export const safetyLevelsBody = z.strictObject({
  lines: linesOf({ ...place, level: count }).superRefine(oncePerPool),
});

/** POST /admin/v1/stock/transfers: units that leave for another warehouse, of this cell or another. */
export const transferBody = z
  .strictObject({
    from: warehouse,
    to: warehouse,
    lines: linesOf({ sku, quantity }).superRefine(oncePerPool),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], message: 'another warehouse' });

/** POST /admin/v1/stock/counts: sellable units on the shelf, and the position at which they were counted. */
export const countBody = z.strictObject({
  lines: linesOf({ ...place, counted: count, position: z.int().min(0) }).superRefine(oncePerPool),
});

/** POST /admin/v1/stock/dispatches: parcels that left the warehouse, for whichever cell sold them. */
export const dispatchBody = z.strictObject({ lines: linesOf({ ...place, quantity }) });

/** POST /admin/v1/stock/suspense/resolutions: units that a recount has shown to be there and unsold. */
export const resolveSuspenseBody = z.strictObject({ lines: linesOf({ ...place, quantity }) });

export const warehouseActKind = z.enum([
  'receipt',
  'return',
  'write-off',
  'quarantine',
  'clearing',
  'safety-level',
  'transfer',
  'count',
  'dispatch',
  'suspense-resolution',
]);

const units = z.int().min(0);

/** A line as it was asked, and what this cell had free to sell once the document was carried out. */
const documentLine = z.strictObject({
  sku: z.string(),
  warehouse: z.string(),
  quantity: units.optional(),
  into: stockPart.optional(),
  transfer: documentId.optional(),
  sellable: units.optional(),
  damaged: units.optional(),
  reason: z.union([writeOffReason, quarantineReason]).optional(),
  from: stockPart.optional(),
  level: units.optional(),
  to: z.string().optional(),
  counted: units.optional(),
  position: units.optional(),
  free: units,
});

/** What was done under one document; the same for every repetition of its key. */
export const documentView = z.strictObject({
  document: documentId,
  kind: warehouseActKind,
  recordedAt: z.iso.datetime(),
  lines: z.array(documentLine),
});
export type DocumentView = z.infer<typeof documentView>;

/** GET /admin/v1/stock/documents, newest first. */
export const documentsQuery = z.strictObject({
  warehouse,
  /** The `nextAfter` of the page before. */
  after: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  limit: z.coerce.number().int().min(1).max(documentsPageMax).default(documentsPageMax),
});
export type DocumentsQuery = z.output<typeof documentsQuery>;

export const documentsPage = z.strictObject({
  /** The lines of a document that are about this warehouse. */
  items: z.array(documentView.extend({ staffId: z.string() })),
  nextAfter: z.int().nullable(),
});
export type DocumentsPage = z.infer<typeof documentsPage>;

export const stockPoolParams = z.strictObject({ warehouse, sku });

/** GET /admin/v1/stock/pools, by article number. */
export const stockPoolsQuery = z.strictObject({
  warehouse,
  /** The `nextAfter` of the page before. */
  after: sku.optional(),
  limit: z.coerce.number().int().min(1).max(poolsPageMax).default(poolsPageDefault),
});
export type StockPoolsQuery = z.output<typeof stockPoolsQuery>;

/** What this cell's books say of a pool, in units. */
export const stockPoolView = z.strictObject({
  sku: z.string(),
  warehouse: z.string(),
  /** The cell that has the warehouse. */
  home: z.string(),
  accounts: z.strictObject({
    supply: units,
    applied: units,
    free: units,
    held: units,
    sold: units,
    shipped: units,
    granted: units,
    writtenOff: units,
    safety: units,
    quarantine: units,
    suspense: units,
    transferred: units,
    deficit: units,
  }),
  /** Only at the home of the warehouse. */
  shelf: z
    .strictObject({
      /** Counts what the warehouse did to the pool; a count names the one at which it was made. */
      position: units,
      /** Sellable units that should be on the shelf. Below zero, more parcels left than goods ever came. */
      expected: z.int(),
      /** Left the warehouse in parcels, for whichever cell sold them. */
      dispatched: units,
    })
    .nullable(),
});
export type StockPoolView = z.infer<typeof stockPoolView>;

export const stockPoolsPage = z.strictObject({
  items: z.array(stockPoolView),
  nextAfter: z.string().nullable(),
});
export type StockPoolsPage = z.infer<typeof stockPoolsPage>;
