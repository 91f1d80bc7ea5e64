import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { v4 } from 'uuid';
import type { Outcome, Verdict } from '../../domain/commands.ts';
import { refusalOf } from './act-refusal.ts';
import { stepsOf, type WarehouseAct } from './warehouse-act.ts';

const india = 'in-1' as CellId;
const soap = { sku: 'soap', warehouse: 'blr' };
const steps = (act: WarehouseAct, document: string = v4()) => stepsOf(act, document, () => india);
const documents = (act: WarehouseAct, document?: string) =>
  steps(act, document).map(({ command }) => ('document' in command ? command.document : undefined));

describe('an act of the warehouse', () => {
  it('is commands in the order of its lines, each with its field', () => {
    const lines = [
      { ...soap, sellable: 2, damaged: 3 },
      { ...soap, sku: 'tea', sellable: 0, damaged: 1 },
    ];
    expect(steps({ kind: 'return', lines })).toMatchObject([
      { line: 0, field: 'sellable', command: { kind: 'mint', quantity: 2, into: 'FREE' } },
      { line: 0, field: 'damaged', command: { kind: 'mint', quantity: 3, into: 'QUARANTINE' } },
      { line: 1, field: 'damaged', command: { pool: 'blr/tea', home: india, quantity: 1 } },
    ]);
  });

  it('gives each command a document of its own, the same each time it is told', () => {
    const lines = [
      { ...soap, sellable: 1, damaged: 1 },
      { ...soap, sellable: 1, damaged: 1 },
    ];
    const document = v4();
    const named = documents({ kind: 'return', lines }, document);
    expect(new Set(named).size).toBe(4);
    expect(documents({ kind: 'return', lines }, document)).toEqual(named);
    expect(documents({ kind: 'return', lines })).not.toEqual(named);
  });

  it('has the name of the transfer where one arrives, whatever the delivery is called', () => {
    const [transfer, other] = [v4(), v4()];
    const arrival = (named: string, warehouse = 'blr'): WarehouseAct => ({
      kind: 'receipt',
      lines: [{ ...soap, warehouse, quantity: 1, into: 'sellable', transfer: named }],
    });
    expect(documents(arrival(transfer))).toEqual(documents(arrival(transfer)));
    expect(documents(arrival(other))).not.toEqual(documents(arrival(transfer)));
    expect(documents(arrival(transfer, 'del'))).not.toEqual(documents(arrival(transfer)));
  });
});

describe('what a refused act is told', () => {
  const dispatched = steps({
    kind: 'dispatch',
    lines: [soap, soap, soap].map((line) => ({ ...line, quantity: 1 })),
  });
  const told = (...outcomes: readonly Outcome[]) =>
    refusalOf(
      dispatched,
      outcomes.map((outcome, at): Verdict => ({ outcome, changed: false, free: 0, total: at })),
    );

  it('is nothing when every line was carried out', () => {
    expect(told('DISPATCHED', 'DISPATCHED', 'DISPATCHED')).toBeUndefined();
  });

  it.each([
    ['SHORT', 'STOCK_ACCOUNT_SHORT'],
    ['CONFLICT', 'DOCUMENT_CONTRADICTED'],
    ['UNKNOWN_POOL', 'STOCK_POOL_UNKNOWN'],
    ['NOT_HOME', 'WAREHOUSE_ELSEWHERE'],
    ['NOT_ACTIVE', 'STOCK_NOT_ACTIVE'],
  ] as const)('names the fields of all lines that were %s', (outcome, code) => {
    const refusal = told('DISPATCHED', outcome, outcome);
    expect(refusal).toMatchObject({ code, details: {} });
    expect(refusal?.fieldProblems).toMatchObject([
      { path: 'lines/1/quantity', code },
      { path: 'lines/2/quantity', code },
    ]);
  });

  it('is the reason of the first where lines were refused for several', () => {
    expect(told('DISPATCHED', 'SHORT', 'CONFLICT')).toMatchObject({
      code: 'STOCK_ACCOUNT_SHORT',
      fieldProblems: [{ path: 'lines/1/quantity' }],
    });
  });

  it('says where a pool stands that was counted too long ago', () => {
    expect(told('COUNTED', 'STALE_POSITION', 'COUNTED')).toMatchObject({
      code: 'STALE_POSITION',
      details: { positions: [{ line: 1, position: 1 }] },
    });
  });
});
