import { describe, expect, it } from '@jest/globals';
import { auditCell, auditWorld, stepsFor } from '../src/audit-cell.ts';
import { BrokenSealError, seal, unsealSummary } from '../src/summary.ts';

const shop = {
  stock: { cell: 'in-1', pools: [], channels: [], journal: [], reservations: [] },
  orders: {
    cell: 'in-1',
    orders: [{ orderId: 'o1', status: 'confirmed', currency: 'INR', totalMinor: 500 }],
    lines: [],
    reservations: [],
  },
  payments: [],
  ledger: [],
  refusals: [{ pool: 'blr/A1', quantity: 5, startedAt: 10, endedAt: 20 }],
  borrows: 0,
};
const audit = () =>
  auditCell({ cell: 'in-1', shop, provider: [], history: [] }, new Date('2026-01-01T00:00:00Z'));

describe('A sealed summary', () => {
  it('names no order and counts what is wrong', () => {
    const { summary, breaches } = audit();
    expect(breaches).toMatchObject([{ row: { orderId: 'o1' } }]);
    expect(summary.violations).toEqual({ CONFIRMED_ORDER_NOT_CAPTURED: 1 });
    expect(seal(summary)).not.toContain('o1');
  });

  it('is read back, and not when it was changed', () => {
    const text = seal(audit().summary);
    expect(unsealSummary(text)).toEqual(audit().summary);
    expect(() => unsealSummary(text.replace('"quantity":5', '"quantity":6'))).toThrow(
      BrokenSealError,
    );
  });
});

describe('The join', () => {
  const levels = [1, 12, 15, 40].map((at) => ({
    pool: 'blr/A1',
    at,
    free: at === 15 ? 4 : 9,
    granted: 0,
    applied: 0,
  }));

  it('asks of a cell only the levels that lie within refusals', () => {
    const { steps } = stepsFor('in-1', shop.refusals, levels);
    expect(steps.map(({ at }) => at)).toEqual([1, 12, 15]);
  });

  it('repeats what cells found and judges refusals', () => {
    const { summary } = audit();
    const truly = auditWorld([summary], [stepsFor('in-1', shop.refusals, levels)]);
    expect(truly).toMatchObject({ refusals: 1, falseRefusals: 0 });
    expect(truly.breaches).toMatchObject([{ code: 'CONFIRMED_ORDER_NOT_CAPTURED' }]);
    const plenty = levels.map((of) => ({ ...of, free: 9 }));
    const falsely = auditWorld([summary], [stepsFor('in-1', shop.refusals, plenty)]);
    expect(falsely.falseRefusals).toBe(1);
  });
});
