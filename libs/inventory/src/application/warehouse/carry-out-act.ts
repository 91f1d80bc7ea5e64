import { createHash } from 'node:crypto';
import { DomainError, newCellId } from '@entrepot/kernel';
import type { StaffId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';
import { canonicalJson, IdempotencyRegister } from '@entrepot/platform-idempotency';
import type { ClaimRequest, IdempotencyKey } from '@entrepot/platform-idempotency';
import { Injectable } from '@nestjs/common';
import { v5 } from 'uuid';
import type { Verdict } from '../../domain/commands.ts';
import type { PoolId } from '../../domain/pool.ts';
import { AvailabilityBoard } from '../availability-board.ts';
import { StockMap } from '../stock-map.ts';
import { refusalOf } from './act-refusal.ts';
import { forecastArrivals, forecastGrants, standingGrants } from './forecast-grants.ts';
import { isOfHome, needsBooks, stepsOf, type ActStep, type WarehouseAct } from './warehouse-act.ts';
import { WarehouseBooks, type RecordedAct } from './warehouse-books.ts';

const documentNamespace = '0b0f6a52-57d1-5e43-8a30-6a2c3b7f4d90';

/** An act as it was asked for. */
export interface ActRequest {
  readonly staffId: StaffId;
  readonly method: 'POST' | 'PUT';
  /** Template of the route. */
  readonly route: string;
  readonly key: IdempotencyKey;
  readonly act: WarehouseAct;
}

/**
 * Carries out what staff say that the warehouse did: the key, the movements of all lines and the record of
 * who did it are written in one transaction or not at all, once per key. That goes past the lanes, which
 * commit what many callers ask and know no transaction of one of them. The rows of its pools are locked in
 * the order in which lanes lock them, for a round trip longer, and a lane's batch waits for that: warehouses
 * write seldom enough. What this process remembers of goods that were sold out is not told either; it
 * decides nothing, and the next who asks looks anew.
 */
@Injectable()
export class CarryOutAct {
  constructor(
    private readonly database: ShopDatabase,
    private readonly register: IdempotencyRegister,
    private readonly map: StockMap,
    private readonly books: WarehouseBooks,
    private readonly board: AvailabilityBoard,
  ) {}

  /**
   * What was recorded; of a key that comes again, what was recorded then.
   * @throws DomainError IDEMPOTENCY_KEY_REUSED, WAREHOUSE_UNKNOWN, WAREHOUSE_ELSEWHERE, STOCK_POOL_UNKNOWN,
   * STOCK_ACCOUNT_SHORT, DOCUMENT_CONTRADICTED, STALE_POSITION with the present position of each line,
   * STOCK_NOT_ACTIVE, CELL_UNKNOWN; of each that a line or a cell is at fault for, with its field
   */
  async execute(request: ActRequest): Promise<RecordedAct> {
    this.assertOwn(request.act);
    this.assertCells(request.act);
    const document = documentOf(request);
    const done = await this.find(request, document);
    if (done !== undefined) return done;
    try {
      return await this.carryOut(request, document);
    } catch (error) {
      // the same request, sent twice at once, may have been carried out meanwhile
      const meanwhile = await this.find(request, document);
      if (meanwhile === undefined) throw error;
      return meanwhile;
    }
  }

  private assertOwn(act: WarehouseAct): void {
    this.assertWarehouses(act);
    const elsewhere = act.lines.flatMap((of, line) => {
      const home = this.map.homeOfWarehouse(of.warehouse);
      return home === this.map.cell || !isOfHome(act) ? [] : [line];
    });
    refuseLines(elsewhere, { code: 'WAREHOUSE_ELSEWHERE', message: 'a warehouse of this cell' });
  }

  private assertCells({ forecast = {} }: WarehouseAct): void {
    const cells: ReadonlySet<string> = new Set([this.map.cell, ...this.map.peers]);
    const unknown = Object.keys(forecast).filter((cell) => !cells.has(cell));
    if (unknown.length === 0) return;
    throw new DomainError('CELL_UNKNOWN', 'a forecast names a cell that there is not', {
      fieldProblems: unknown.map((cell) => ({
        path: `forecast/${cell}`,
        ...{ code: 'CELL_UNKNOWN', message: 'a cell of this shop' },
      })),
    });
  }

  private assertWarehouses({ lines }: WarehouseAct): void {
    const unknown = lines.flatMap((of, line) => [
      ...('to' in of && !this.map.hasWarehouse(of.to) ? ['to'] : []),
      ...(this.map.hasWarehouse(of.warehouse) ? [] : [`lines/${line}/warehouse`]),
    ]);
    if (unknown.length === 0) return;
    const problem = { code: 'WAREHOUSE_UNKNOWN', message: 'a warehouse of any cell' };
    throw new DomainError(problem.code, 'no cell has this warehouse', {
      fieldProblems: [...new Set(unknown)].map((path) => ({ path, ...problem })),
    });
  }

  /** The key is looked up first, as that says whether it came with another request. */
  private async find(request: ActRequest, document: string): Promise<RecordedAct | undefined> {
    await this.register.find(this.database, claimOf(request));
    return this.books.findRecorded(document);
  }

  private async carryOut(request: ActRequest, document: string): Promise<RecordedAct> {
    const { act, staffId } = request;
    const steps = stepsOf(act, document, (pool) => this.map.homeOf(pool));
    const commands = steps.map(({ command }) => command);
    const resourceId = newCellId('delivery', this.map.cell);
    const claim = await this.register.seal({ ...claimOf(request), resourceId });
    try {
      return await this.database.unitOfWork(async (tx) => {
        await this.register.claim(tx, claim);
        if (needsBooks(act)) await this.assertKnown(tx, steps);
        const verdicts = await this.books.apply(tx, commands);
        const refusal = refusalOf(steps, verdicts);
        if (refusal !== undefined) throw refusal;
        const shared = await this.share(tx, { act, steps, verdicts });
        const freeOf = new Map(
          steps.map(({ line, command: { pool } }, at) => [
            line,
            shared.get(pool) ?? verdicts[at]?.free ?? 0,
          ]),
        );
        const lines = act.lines.map((line, at) => ({ ...line, free: freeOf.get(at) ?? 0 }));
        const recorded = { document, kind: act.kind, staffId, lines };
        return { ...recorded, recordedAt: await this.books.record(tx, recorded) };
      });
    } finally {
      this.board.takeDown(commands);
    }
  }

  /** Gives other cells their parts of what came; returns what is free of each pool that was shared. */
  private async share(
    tx: Transaction,
    { act, steps, verdicts }: CarriedOut,
  ): Promise<ReadonlyMap<PoolId, number>> {
    const arrivals = forecastArrivals(act, steps, verdicts);
    if (arrivals.length === 0) return new Map();
    const { peers } = this.map;
    // the pools are locked since they were written, so that what is read holds
    const standings = await this.books.apply(tx, standingGrants(arrivals, peers));
    const totals = standings.map(({ total }) => total);
    const grants = forecastGrants(arrivals, peers, totals);
    if (grants.length === 0) return new Map();
    const given = await this.books.apply(tx, grants);
    return new Map(grants.map(({ pool }, at) => [pool, given[at]?.free ?? 0]));
  }

  private async assertKnown(tx: Transaction, steps: readonly ActStep[]): Promise<void> {
    const pools = steps.map(({ command }) => command.pool);
    const known = new Set((await this.books.findPools(tx, pools)).map(({ pool }) => pool));
    const unknown = steps.filter(({ command }) => !known.has(command.pool));
    refuseLines(
      unknown.map(({ line }) => line),
      { field: 'sku', code: 'STOCK_POOL_UNKNOWN', message: 'an article that this warehouse had' },
    );
  }
}

interface CarriedOut {
  readonly act: WarehouseAct;
  readonly steps: readonly ActStep[];
  readonly verdicts: readonly Verdict[];
}

function refuseLines(
  lines: readonly number[],
  { field = 'warehouse', code, message }: { field?: string; code: string; message: string },
): void {
  if (lines.length === 0) return;
  throw new DomainError(code, 'a line of the document names a pool that it may not', {
    fieldProblems: lines.map((line) => ({ path: `lines/${line}/${field}`, code, message })),
  });
}

const claimOf = ({
  staffId,
  method,
  route,
  key,
  act,
}: ActRequest): Omit<ClaimRequest, 'resourceId'> => ({
  ...{ principal: staffId, subjectId: undefined, method, route, key },
  content: act,
});

/** Named by all that was said, so that it is done once even where its key was forgotten meanwhile. */
const documentOf = ({ staffId, route, key, act }: ActRequest): string => {
  const digest = createHash('sha256').update(canonicalJson(act)).digest('base64url');
  return v5(`${staffId} ${route} ${key} ${digest}`, documentNamespace);
};
