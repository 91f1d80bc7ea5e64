import { NoAnswerError, ProblemError } from '@entrepot/client';
import { describe, expect, it } from '@jest/globals';
import { stepOf } from '../src/chaos.ts';
import { Latencies } from '../src/latencies.ts';
import { askUntilFinal, isPassing } from '../src/patience.ts';
import { summarizeOrders } from '../src/report.ts';
import { drawStockChart } from '../src/stock-chart.ts';
import { planStock, poolsNow, topUp } from '../src/stock-plan.ts';
import { forEachConcurrently } from '../src/workers.ts';

const order = (...lines: readonly (readonly [string, number])[]) => ({
  invoice: '1',
  placedAt: new Date(0),
  customer: undefined,
  residence: 'IN',
  lines: lines.map(([stockCode, quantity]) => ({ stockCode, quantity })),
});

describe('The stock of a replay', () => {
  it('is what the orders ask for, less the percentage, rounded up', () => {
    const orders = [order(['85123A', 6], ['22423', 5]), order(['85123A', 5])];
    const units = (short: number) => planStock(orders, short, ['blr']).map((of) => of.units);
    expect(units(0)).toEqual([11, 5]);
    expect(units(20)).toEqual([9, 4]);
  });

  const world = { home: 'in-1', cells: ['in-1', 'eu-1'] };
  const planned = { sku: '22423', warehouse: 'blr', units: 11 };

  it('is split evenly, the odd unit staying at home', () => {
    const nothing = { freeOf: new Map(), grantedTo: new Map() };
    expect(topUp(planned, nothing, world)).toEqual({
      mint: 11,
      grants: [{ cell: 'eu-1', level: 5 }],
    });
  });

  it('counts what an earlier replay left, and what was ever granted', () => {
    const left = {
      freeOf: new Map([
        ['in-1', 4],
        ['eu-1', 2],
      ]),
      grantedTo: new Map([['eu-1', 30]]),
    };
    expect(topUp(planned, left, world)).toEqual({
      mint: 5,
      grants: [{ cell: 'eu-1', level: 33 }],
    });
    const plenty = { ...left, freeOf: new Map([['eu-1', 20]]) };
    expect(topUp(planned, plenty, world)).toEqual({ mint: 0, grants: [] });
  });

  it('takes levels from what the home gave, whatever other cells have given since', () => {
    const reading = (cell: string, free: number, granted: Record<string, number>) => ({
      cell,
      free: [{ pool: 'blr/22423', free }],
      channels: Object.entries(granted).map(([peer, units]) => ({
        ...{ pool: 'blr/22423', peer, granted: units },
      })),
    });
    const readings = [
      reading('in-1', 0, { 'eu-1': 4, 'eu-2': 6 }),
      reading('eu-1', 1, { 'eu-2': 90, 'in-1': 70 }),
      reading('eu-2', 0, { 'eu-1': 80 }),
    ];
    const now = poolsNow(readings, () => 'in-1').get('blr/22423');
    if (now === undefined) throw new TypeError('the pool is in no reading');
    const three = { home: 'in-1', cells: ['in-1', 'eu-1', 'eu-2'] };
    expect(topUp(planned, now, three)).toEqual({
      mint: 10,
      grants: [
        { cell: 'eu-1', level: 4 + 3 - 1 },
        { cell: 'eu-2', level: 6 + 3 },
      ],
    });
  });
});

describe('A patient client', () => {
  const problem = (status: number, code: string) =>
    new ProblemError(status, { type: 'x', title: 'x', status, code, traceId: 't' }, null);

  it.each([
    [problem(409, 'STOCK_UNDECIDED'), true],
    [problem(409, 'REQUEST_IN_FLIGHT'), true],
    [problem(503, 'UNAVAILABLE'), true],
    [new NoAnswerError('none'), true],
    [problem(409, 'STOCK_SHORT'), false],
    [problem(402, 'PAYMENT_DECLINED'), false],
    [problem(500, 'INTERNAL'), false],
  ])('knows whether %s may change', (error, expected) => {
    expect(isPassing(error)).toBe(expected);
  });

  it('asks again until the answer is final, and gives up when its time is over', async () => {
    const waits: string[] = [];
    let asked = 0;
    const ask = async (): Promise<string> => {
      asked += 1;
      if (asked < 3) throw problem(409, 'STOCK_UNDECIDED');
      return 'confirmed';
    };
    const until = performance.now() + 60_000;
    const onWait = ({ code }: { readonly code: string }) => void waits.push(code);
    await expect(askUntilFinal(ask, { until, onWait })).resolves.toBe('confirmed');
    expect(waits).toEqual(['STOCK_UNDECIDED', 'STOCK_UNDECIDED']);
    asked = 0;
    await expect(askUntilFinal(ask, { until: 0, onWait })).rejects.toThrow(ProblemError);
  });
});

describe('The workers', () => {
  it('begin in order and do everything once', async () => {
    const begun: number[] = [];
    await forEachConcurrently([1, 2, 3, 4, 5], 2, async (item) => {
      begun.push(item);
      await Promise.resolve();
    });
    expect(begun).toEqual([1, 2, 3, 4, 5]);
  });

  it('stop at the first failure', async () => {
    const begun: number[] = [];
    const failing = forEachConcurrently([1, 2, 3, 4, 5], 1, async (item) => {
      begun.push(item);
      if (item === 2) throw new Error('planted');
    });
    await expect(failing).rejects.toThrow('planted');
    expect(begun).toEqual([1, 2]);
  });
});

describe('The report', () => {
  it('counts ends, units, reasons and waits', () => {
    const bought = {
      invoice: '1',
      cell: 'in-1',
      orderId: 'o1',
      end: 'confirmed' as const,
      code: undefined,
      units: 5,
      dropped: [{ reason: 'GLOBAL_EMPTY', units: 2 }],
      waits: ['STOCK_UNDECIDED'],
    };
    const failed = { ...bought, end: 'failed' as const, code: 'INTERNAL', units: 0, waits: [] };
    expect(summarizeOrders([bought, failed])).toMatchObject({
      orders: { confirmed: 1, failed: 1 },
      units: 5,
      refusedUnitsByReason: { GLOBAL_EMPTY: 4 },
      failures: { INTERNAL: 1 },
      waits: { STOCK_UNDECIDED: 1 },
    });
  });

  it('gives latencies by nearest rank', () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 100; ms += 1) latencies.add('order', ms);
    expect(latencies.summary()).toEqual({
      order: { count: 100, p50Ms: 50, p99Ms: 99, maxMs: 100 },
    });
  });

  it('draws two lines per cell', () => {
    const points = [
      { seconds: 0, free: 10, borrows: 0 },
      { seconds: 5, free: 0, borrows: 3 },
    ];
    const svg = drawStockChart(new Map([['in-1', points]]));
    expect(svg.match(/<polyline/g)).toHaveLength(2);
    expect(svg).not.toContain('NaN');
  });
});

describe('The step of an order', () => {
  it.each([
    ['placing', null, false, 'reserve'],
    ['placing', null, true, 'reserved'],
    ['placing', 'authorizing', true, 'authorize'],
    ['requires_action', 'requires_action', true, 'await-shopper'],
    ['placing', 'authorized', true, 'confirm-stock'],
    ['pending', 'capturing', true, 'capture'],
    ['pending', 'captured', true, 'settle'],
    ['pending', 'voiding', true, 'undo'],
  ])('of one that is %s with payment %s is seen', (status, payment, hasStock, expected) => {
    expect(stepOf({ status, payment, hasStock })).toBe(expected);
  });
});
