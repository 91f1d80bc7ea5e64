import { reportedSpecs } from '../numbers/reported-specs.ts';
import type { ReportedSpec } from '../numbers/reported-specs.ts';

/**
 * What the drills of stock have to show: C, a process dies at a step of a borrow; D, many race for the stock of one
 * cell; F, two cells with a border that fails.
 */
export const stockDrillRows = {
  C1: 'the asker dies when the ask is sent',
  C2: 'the lender dies before its grant is committed',
  C3: 'the lender dies before it answers',
  C4: 'the answer is lost, a copy comes by Kafka',
  C5: 'the asker dies before it takes the units in',
  C6: 'the asker dies before the order gets them',
  C7: 'the client is gone once the order has them',
  C8: "the lender's database dies after the grant",
  C9: 'a side is restored from before the grant',
  D1: 'a crowd for few units',
  D2: 'one ask, many times at once',
  D3: 'carts of several lines in either order',
  D4: 'an order is sold, let go and expires at once',
  D5: 'two owners of one article',
  D6: 'owners come and go under load',
  D7: 'a process, a client or a backend dies at each step',
  D8: 'the books are corrupted by hand',
  D9: 'the journal adds up to the balances',
  F1: 'parted before a grant is committed',
  F2: 'parted while a grant is committed',
  F3: 'parted after a grant is committed',
  F4: 'an answer is lost',
  F5: 'a grant is told twice and in the wrong order',
  F6: 'a topic of grants is compacted',
  F7: 'the consumer of grants is replaced under way',
  F8: 'a grant comes a day late',
  F9: 'a link that carries one way only',
  F10: '300 ms of round trip',
  F11: '3 s of round trip',
  F12: 'both cells are emptied together',
  F13: 'a crowd on each side wants the last unit',
  F14: 'clocks an hour off',
  F15: 'an old epoch is told in a new one',
  F16: 'more is written off than is free',
  F17: 'a return is taken in while the cells are parted',
  F18: 'a region is lost and declared so',
  F19: 'the border is cut for 60 s, nine in ten buyers on one side',
  F20: 'each link of the border fails in each way',
} as const;
export type StockDrillRow = keyof typeof stockDrillRows;

export const isStockDrillRow = (text: string): text is StockDrillRow => text in stockDrillRows;

export interface StockDrill extends Omit<ReportedSpec, 'titles'> {
  /** A spec may show several; none for a file that could not be loaded. */
  readonly rows: readonly StockDrillRow[];
}

const heading = /^(?<rows>(?:[CDF]\d{1,2} )+)/;

/** The rows that a title begins with: `C4 F4 when the answer is lost`. */
export function rowsOf(title: string): readonly StockDrillRow[] {
  const found = heading.exec(title)?.groups?.['rows'] ?? '';
  return found.trim().split(' ').filter(isStockDrillRow);
}

/** What Jest says of the specs that show a row, or those that show one of them; a row that nobody showed has failed. */
export function stockDrills(reports: readonly string[], only?: StockDrillRow): StockDrill[] {
  const drilled = reports.flatMap(reportedSpecs).flatMap(({ titles, ...spec }) => {
    if (titles.length === 0) return [{ rows: [], ...spec }];
    const rows = rowsOf(spec.title);
    const isWanted = only === undefined ? rows.length > 0 : rows.includes(only);
    return isWanted ? [{ rows, ...spec }] : [];
  });
  const shown = new Set(drilled.flatMap(({ rows }) => rows));
  const wanted = Object.keys(stockDrillRows)
    .filter(isStockDrillRow)
    .filter((row) => only === undefined || row === only);
  const missing = wanted.filter((row) => !shown.has(row));
  return [
    ...drilled,
    ...missing.map((row): StockDrill => ({
      ...{ rows: [row], title: `no spec shows it: ${stockDrillRows[row]}`, file: '' },
      ...{ outcome: 'failed', seconds: 0 },
    })),
  ];
}
