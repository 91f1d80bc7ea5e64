import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';

/**
 * Reads the UCI "Online Retail" data set (Chen 2015, CC BY 4.0): invoice lines of a real shop, dirty
 * as real data are. What is passed over is counted by its reason, never silently.
 */

/** The row as the file has it. */
interface InvoiceRow {
  readonly InvoiceNo: string;
  readonly StockCode: string;
  readonly Quantity: string;
  readonly InvoiceDate: string;
  readonly UnitPrice: string;
  readonly CustomerID: string;
  readonly Country: string;
}

export type SkipReason = 'cancellation' | 'noPrice' | 'noGoods' | 'noQuantity';

export interface RetailOrderLine {
  readonly stockCode: string;
  readonly quantity: number;
}

export interface RetailOrder {
  readonly invoice: string;
  /** The earliest line's time, taken as UTC. */
  readonly placedAt: Date;
  /** Undefined: a guest. */
  readonly customer: string | undefined;
  /** ISO 3166-1 alpha-2 of the shopper's residence. */
  readonly residence: string;
  readonly lines: readonly RetailOrderLine[];
}

export interface RetailProduct {
  readonly stockCode: string;
  readonly unitPricePence: number;
}

export interface RetailData {
  readonly orders: readonly RetailOrder[];
  readonly products: readonly RetailProduct[];
  readonly linesRead: number;
  readonly linesCounted: number;
  readonly skipped: Readonly<Record<SkipReason, number>>;
}

/** The countries of the file that play the EU shoppers; every other one plays India. */
const europeanResidences: Readonly<Record<string, string>> = {
  EIRE: 'IE',
  Germany: 'DE',
  France: 'FR',
  Spain: 'ES',
  Netherlands: 'NL',
  Belgium: 'BE',
  Portugal: 'PT',
  Italy: 'IT',
  Finland: 'FI',
  Austria: 'AT',
  Sweden: 'SE',
  Denmark: 'DK',
  Poland: 'PL',
  Greece: 'GR',
  Cyprus: 'CY',
  Malta: 'MT',
  Lithuania: 'LT',
  'Czech Republic': 'CZ',
  'European Community': 'BE',
};
export const residenceOf = (country: string): string => europeanResidences[country] ?? 'IN';

const goods = /^[0-9]{5}[A-Za-z]*$/;

/** Why a row is no part of an order; undefined where it is one. */
export function skipReason(row: InvoiceRow): SkipReason | undefined {
  if (!/^[0-9]+$/.test(row.InvoiceNo)) return 'cancellation';
  if (!goods.test(row.StockCode)) return 'noGoods';
  if (Number(row.Quantity) <= 0) return 'noQuantity';
  if (Number(row.UnitPrice) <= 0) return 'noPrice';
  return undefined;
}

/** One of the given warehouses, drawn by the first byte of SHA-256(code): of two the first where it is even. */
export function warehouseOf(stockCode: string, warehouses: readonly string[]): string {
  const [first = 0] = createHash('sha256').update(stockCode).digest();
  const drawn = warehouses[first % warehouses.length];
  if (drawn === undefined) throw new RangeError('there is no warehouse');
  return drawn;
}

/** Pounds as written to whole pence, so that equal prices are equal. */
const pence = (pounds: string): number => Math.round(Number(pounds) * 100);

/** GBP pence × 107.00 → paise and × 1.17 → cents, rounded half up. */
export const toPaise = (pricePence: number): number => Math.floor(pricePence * 107 + 0.5);
export const toCents = (pricePence: number): number => Math.floor((pricePence * 117 + 50) / 100);

class InvoiceBooks {
  readonly skipped: Record<SkipReason, number> = {
    cancellation: 0,
    noPrice: 0,
    noGoods: 0,
    noQuantity: 0,
  };
  linesRead = 0;
  linesCounted = 0;
  private readonly invoices = new Map<string, { rows: InvoiceRow[]; placedAt: Date }>();
  private readonly priceCounts = new Map<string, Map<number, number>>();

  add(row: InvoiceRow, at: Date): void {
    this.linesRead += 1;
    const reason = skipReason(row);
    if (reason !== undefined) {
      this.skipped[reason] += 1;
      return;
    }
    this.linesCounted += 1;
    const invoice = this.invoices.get(row.InvoiceNo);
    if (invoice === undefined) this.invoices.set(row.InvoiceNo, { rows: [row], placedAt: at });
    else {
      invoice.rows.push(row);
      if (at < invoice.placedAt) invoice.placedAt = at;
    }
    const code = row.StockCode.toUpperCase();
    const counts = this.priceCounts.get(code) ?? new Map<number, number>();
    const price = pence(row.UnitPrice);
    counts.set(price, (counts.get(price) ?? 0) + 1);
    this.priceCounts.set(code, counts);
  }

  orders(): RetailOrder[] {
    const inTimeOrder = [...this.invoices].sort(
      ([a, left], [b, right]) =>
        left.placedAt.getTime() - right.placedAt.getTime() || a.localeCompare(b),
    );
    const residences = new Map<string, string>();
    return inTimeOrder.map(([invoice, { rows, placedAt }]) => {
      const [first] = rows;
      const customer = first?.CustomerID === '' ? undefined : first?.CustomerID;
      const here = residenceOf(first?.Country ?? '');
      if (customer !== undefined && !residences.has(customer)) residences.set(customer, here);
      const residence = customer === undefined ? here : (residences.get(customer) ?? here);
      return { invoice, placedAt, customer, residence, lines: mergeLines(rows) };
    });
  }

  /** Each code at its most frequent price; the lowest where two are equally frequent. */
  products(): RetailProduct[] {
    return [...this.priceCounts].map(([stockCode, counts]) => {
      const [best] = [...counts].sort(([p, n], [q, m]) => m - n || p - q);
      return { stockCode, unitPricePence: Math.max(best?.[0] ?? 1, 1) };
    });
  }
}

function mergeLines(rows: readonly InvoiceRow[]): RetailOrderLine[] {
  const quantities = new Map<string, number>();
  for (const { StockCode, Quantity } of rows) {
    const code = StockCode.toUpperCase();
    quantities.set(code, (quantities.get(code) ?? 0) + Number(Quantity));
  }
  return [...quantities].map(([stockCode, quantity]) => ({ stockCode, quantity }));
}

/** `2010-12-01 08:26:00` or with a T, read as UTC. */
const instant = (text: string): Date => new Date(`${text.trim().replace(' ', 'T')}Z`);

/** The orders to replay are not where they were looked for. */
export class DataMissingError extends Error {
  override readonly name = 'DataMissingError';
}

/** The file inside a data folder; throws with what to do where it is missing. */
export function onlineRetailFile(dataFolder: string): string {
  const folder = join(dataFolder, 'online-retail');
  const file = existsSync(folder)
    ? readdirSync(folder).find((name) => /^lines-.*\.csv\.gz$/.test(name))
    : undefined;
  if (file === undefined) {
    throw new DataMissingError(
      `There is no online-retail/lines-*.csv.gz in ${dataFolder}: give the data folder with --data or ENTREPOT_DATA.`,
    );
  }
  return join(folder, file);
}

/** Reads the orders of the days `from` to `to`, both included (`2010-12-01`). */
export async function readOnlineRetail(
  dataFolder: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<RetailData> {
  const books = new InvoiceBooks();
  const file = createReadStream(onlineRetailFile(dataFolder));
  const rows = file.pipe(createGunzip()).pipe(parse({ columns: true, bom: true }));
  for await (const row of rows as AsyncIterable<InvoiceRow>) {
    const day = row.InvoiceDate.slice(0, 10);
    // the file is in time order
    if (day > to) break;
    if (day < from) continue;
    books.add(row, instant(row.InvoiceDate));
  }
  file.destroy();
  return {
    orders: books.orders(),
    products: books.products(),
    linesRead: books.linesRead,
    linesCounted: books.linesCounted,
    skipped: books.skipped,
  };
}
