import { z } from 'zod';

/** Pools of which units are taken back in one declaration. */
export const claimsPerDeclarationMax = 1_000;
/** Cases, or declarations, on one page. */
export const casesPageMax = 200;
const casesPageDefault = 50;

const sku = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/, 'an article number');
const warehouse = z.string().regex(/^[a-z][a-z0-9-]{1,31}$/, 'a warehouse id');
const cell = z.string().regex(/^[a-z]{2}-[1-9][0-9]{0,2}$/, 'a cell id');
const units = z.int().min(0);
const staff = z.string();

/** What people have done, outside of this system, so that the lost cell sells nothing any more. */
export const fenceKind = z.enum([
  'ingress-closed',
  'credentials-revoked',
  'power-off',
  'destroyed',
]);

const claims = z
  .array(z.strictObject({ warehouse, sku, quantity: z.int().min(1).max(1_000_000) }))
  .max(claimsPerDeclarationMax)
  .superRefine((lines, context) => {
    const seen = new Set<string>();
    for (const [at, line] of lines.entries()) {
      const name = `${line.warehouse}/${line.sku}`;
      if (seen.has(name)) {
        context.addIssue({ code: 'custom', path: [at, 'sku'], message: 'each article once' });
      }
      seen.add(name);
    }
  });

/** POST /admin/v1/stock/lost-cells: the first of two persons says that another cell is lost. */
export const declareLostBody = z.strictObject({
  cell,
  fence: fenceKind,
  /** Units to take back from it at its risk, in each pool; it may have sold them. */
  claims: claims.default([]),
});

export const lostCellParams = z.strictObject({ declaration: z.uuid() });

export const lostCellView = z.strictObject({
  declaration: z.uuid(),
  cell,
  fence: fenceKind,
  /** PROPOSED by one; LOST once another has approved it; RETURNED when the cell was heard again in a later epoch. */
  state: z.enum(['PROPOSED', 'LOST', 'RETURNED']),
  proposedBy: staff,
  proposedAt: z.iso.datetime(),
  approvedBy: staff.nullable(),
  approvedAt: z.iso.datetime().nullable(),
  returnedAt: z.iso.datetime().nullable(),
  claims: z.array(z.strictObject({ warehouse: z.string(), sku: z.string(), quantity: units })),
});
export type LostCellView = z.infer<typeof lostCellView>;

/** GET /admin/v1/stock/lost-cells, newest first, at most 200. */
export const lostCellsPage = z.strictObject({ items: z.array(lostCellView) });
export type LostCellsPage = z.infer<typeof lostCellsPage>;

export const recoveryCaseKind = z.enum([
  'AT_RISK_UNITS',
  'SUSPENDED_UNITS',
  'OWED_UNITS',
  'FORGOTTEN_SALE',
]);
export const recoveryCaseDecision = z.enum([
  'counted',
  'settled',
  'kept',
  'cancelled',
  'substituted',
  'back-ordered',
]);

/** GET /admin/v1/stock/recovery-cases: what a recovery left for people to decide, oldest first. */
export const recoveryCasesQuery = z.strictObject({
  state: z.enum(['open', 'decided']).default('open'),
  /** The `nextAfter` of the page before. */
  after: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  limit: z.coerce.number().int().min(1).max(casesPageMax).default(casesPageDefault),
});

export const recoveryCaseParams = z.strictObject({
  case: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
});

/** POST /admin/v1/stock/recovery-cases/{case}/decision. */
export const decideCaseBody = z.strictObject({ decision: recoveryCaseDecision });

export const recoveryCaseView = z.strictObject({
  case: z.int(),
  kind: recoveryCaseKind,
  /** Of the recovery that found it. */
  epoch: z.int(),
  warehouse: z.string(),
  sku: z.string(),
  quantity: units,
  /** The lost cell of units at risk. */
  cell: z.string().nullable(),
  /** The order of a forgotten sale; it may have to be made again from the provider's books. */
  order: z.string().nullable(),
  openedAt: z.iso.datetime(),
  decision: recoveryCaseDecision.nullable(),
  decidedBy: staff.nullable(),
  decidedAt: z.iso.datetime().nullable(),
});
export type RecoveryCaseView = z.infer<typeof recoveryCaseView>;

export const recoveryCasesPage = z.strictObject({
  items: z.array(recoveryCaseView),
  nextAfter: z.int().nullable(),
});
export type RecoveryCasesPage = z.infer<typeof recoveryCasesPage>;
