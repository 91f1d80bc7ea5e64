import {
  defaultSettings,
  planAhead,
  planGrant,
  planNeed,
  type PlannedAsk,
  type PlanSettings,
  type PoolView,
} from '@entrepot/inventory';

/** What a cell does when it has too few, or soon will have. */
export interface StockPolicy {
  readonly name: string;
  /** Orders wait for the answer of another cell, instead of being refused at once. */
  readonly waits: boolean;
  /** Asks on behalf of orders that came short. */
  askFor(pool: PoolView, need: number): readonly PlannedAsk[];
  /** Asks that nobody waits for. */
  askAhead(pool: PoolView): readonly PlannedAsk[];
  /** What a donor gives; its first peer is the asker. */
  give(pool: PoolView, ask: PlannedAsk): number;
}

const nobody = (): readonly PlannedAsk[] => [];
const richest = ({ peers }: PoolView, need: number, units: number): readonly PlannedAsk[] =>
  peers
    .toSorted((one, other) => other.free - one.free)
    .slice(0, 1)
    .map(({ cell }) => ({ donor: cell, need, units }));

/** Each cell sells what it was given at the start. */
export const staticSplit: StockPolicy = {
  name: 'static split',
  waits: false,
  askFor: nobody,
  askAhead: nobody,
  give: () => 0,
};

/** As AntidoteDB's bounded counter: the order that is short fails, and what it lacked is asked for. */
export const failThenBorrow: StockPolicy = {
  name: 'fail, then borrow',
  waits: false,
  askFor: (pool, need) => richest(pool, need, need),
  askAhead: nobody,
  give: ({ own }, { units }) => Math.min(own.free, units),
};

const formerAheadTimes = 4;
const formerTailUnits = 20;

/** The order waits; four times its need is asked for ahead, and a donor gives half of what it can spare. */
export const borrowOnly: StockPolicy = {
  name: 'borrow only',
  waits: true,
  askFor: (pool, need) => richest(pool, need, need * (1 + formerAheadTimes)),
  askAhead: nobody,
  give: ({ own }, { need, units }) => {
    const needed = Math.min(need, own.free);
    const ahead = own.free <= formerTailUnits ? 0 : Math.floor((own.free - needed) / 2);
    return Math.min(units, needed + ahead);
  },
};

/** Asks ahead as the planner says, and borrows what is needed all the same. */
export const planned = (settings: PlanSettings = defaultSettings): StockPolicy => ({
  name: 'ahead and borrow',
  waits: true,
  askFor: (pool, need) => planNeed(pool, need, settings),
  askAhead: (pool) => planAhead(pool, settings),
  give: (pool, ask) => planGrant(pool, ask, settings),
});
