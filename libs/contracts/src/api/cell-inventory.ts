import { z } from 'zod';

/** Pools in one call between cells; a larger order asks in several calls. */
export const poolsPerCallMax = 1_000;

const cellId = z.string().regex(/^[a-z]{2}-[1-9][0-9]{0,2}$/);
const poolId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,31}\/[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/, 'warehouse/sku');
const units = z.int().min(0);
/** Of a cell: more restores than any sees, and few enough that the version of a grant is exact. */
export const epochMax = 2_000_000;
const epoch = z.int().min(1).max(epochMax);

/** No figure that is only advice is larger: below this a number is nobody's phone or card. */
export const advisedMax = 990_000_000;
const advised = z.int().min(0).max(advisedMax);
/**
 * How fast a pool is asked for in a cell: units per 1,000 seconds, to two digits. May cross the border: it is
 * a sum over all shoppers of a cell, of which nothing but the pool is known where it is made.
 */
const demandRate = advised;

/** How a pool stands in one cell at one instant. */
export const poolPosition = z.strictObject({
  cell: cellId,
  pool: poolId,
  free: units,
  /** Counts the credits to the free units: equal twice means that nothing became free in between. */
  credits: units,
  channels: z.array(z.strictObject({ peer: cellId, granted: units, applied: units })).max(100),
});

const ask = z.strictObject({
  pool: poolId,
  /** Cumulative: taken in so far plus what is wanted; 0 only asks how the pool stands. */
  level: units,
  /** Units that somebody waits for, out of what is wanted. */
  need: units,
  /** What the asker has taken in from this donor. */
  acked: units,
  /** An order of the asker is stopped at this pool. */
  isWaiting: z.boolean(),
  /** The home of the warehouse lacks units that were promised; the donor gives it all that is free of them. */
  reason: z.literal('WRITE_OFF').optional(),
  /** Advice: how fast the pool is asked for where the asker is. */
  rate: demandRate.optional(),
  /** Advice: what the asker had free when it asked; to two digits where it crosses the border. */
  free: advised.optional(),
});

/** POST /cell/v1/inventory/borrow; the asker is the cell whose certificate was shown. */
export const borrowBody = z.strictObject({ asks: z.array(ask).min(1).max(poolsPerCallMax) });
export type BorrowBody = z.infer<typeof borrowBody>;

export const borrowView = z.strictObject({
  epoch,
  grants: z
    .array(
      z.strictObject({
        pool: poolId,
        grantedTotal: units,
        position: poolPosition,
        /** Advice: how fast the pool is asked for where the donor is. */
        rate: demandRate.optional(),
      }),
    )
    .max(poolsPerCallMax),
});
export type BorrowView = z.infer<typeof borrowView>;

/** POST /internal/v1/inventory/borrow: the cell's own processes ask a peer through the border process. */
export const forwardBorrowBody = z.strictObject({
  peer: cellId,
  asks: borrowBody.shape.asks,
});
export type ForwardBorrowBody = z.infer<typeof forwardBorrowBody>;

/** POST /internal/v1/inventory/demand: what a process of the cell was asked for since it last told. */
export const demandBody = z.strictObject({
  demands: z
    .array(
      z.strictObject({
        pool: poolId,
        /** Also what was refused. */
        units: z.int().min(1).max(advisedMax),
        orders: z.int().min(1).max(advisedMax),
      }),
    )
    .min(1)
    .max(poolsPerCallMax),
});
export type DemandBody = z.infer<typeof demandBody>;

export const demandView = z.strictObject({
  /** Pools of which the border process took note; none where it does not plan. */
  noted: z.int().min(0),
});
export type DemandView = z.infer<typeof demandView>;

/** POST /cell/v1/inventory/totals: a donor repeats what it has given and hears what was taken in. */
export const totalsBody = z.strictObject({
  epoch,
  totals: z
    .array(z.strictObject({ pool: poolId, grantedTotal: units }))
    .min(1)
    .max(poolsPerCallMax),
});
export type TotalsBody = z.infer<typeof totalsBody>;

export const totalsView = z.strictObject({
  totals: z.array(z.strictObject({ pool: poolId, appliedTotal: units })).max(poolsPerCallMax),
});
export type TotalsView = z.infer<typeof totalsView>;

/** Channels in one page of a view. */
export const channelsPerViewMax = 1_000;

/**
 * POST /cell/v1/inventory/view: a cell that recovers says in which epoch, and hears page by page how this one
 * sees their channels. Others ask now and then in which epoch they were heard. The asker is the cell whose certificate was shown.
 */
export const viewBody = z.strictObject({
  epoch,
  after: poolId.optional(),
  /** Only the epochs are asked for. */
  isBrief: z.literal(true).optional(),
});
export type ViewBody = z.infer<typeof viewBody>;

export const channelsView = z.strictObject({
  /** In which the teller speaks. */
  epoch,
  /** The newest epoch heard of the asker; if it is another than was asked in, there are no channels. */
  heard: epoch,
  channels: z
    .array(z.strictObject({ pool: poolId, granted: units, applied: units }))
    .max(channelsPerViewMax),
  /** Behind which the next page begins; absent on the last. */
  next: poolId.optional(),
});
export type ChannelsView = z.infer<typeof channelsView>;

/** POST /internal/v1/inventory/view: the cell's own worker asks a peer through the border process. */
export const forwardViewBody = viewBody.extend({ peer: cellId });
export type ForwardViewBody = z.infer<typeof forwardViewBody>;
