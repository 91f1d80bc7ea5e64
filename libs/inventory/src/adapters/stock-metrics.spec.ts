import { describe, expect, it } from '@jest/globals';
import type { CellId, Sku } from '@entrepot/kernel';
import { Metrics } from '@entrepot/platform-telemetry';
import { StockMetrics } from './stock-metrics.ts';
import { ReserveMetrics } from './reserve-metrics.ts';

const peer = 'eu-1' as CellId;

async function textOf(metrics: Metrics): Promise<string> {
  return (await metrics.expose()).text;
}

describe('StockMetrics', () => {
  it('counts what other cells were asked for, gave, and how long they took', async () => {
    const metrics = new Metrics({ cell: 'in-1', process: 'border' });
    const stock = new StockMetrics(metrics, [peer]);
    expect(await textOf(metrics)).toMatch(/borrowed_units_total\{[^}]*peer="eu-1"[^}]*\} 0$/m);
    stock.noteAsk({ peer, outcome: 'granted', units: 12, seconds: 0.14 });
    stock.noteAsk({ peer, outcome: 'silent', units: 0, seconds: 1 });
    const text = await textOf(metrics);
    expect(text).toMatch(/borrowed_units_total\{[^}]*peer="eu-1"[^}]*\} 12$/m);
    expect(text).toMatch(/borrows_total\{[^}]*outcome="granted"[^}]*\} 1$/m);
    expect(text).toMatch(/borrows_total\{[^}]*outcome="silent"[^}]*\} 1$/m);
    expect(text).toMatch(/borrow_duration_seconds_bucket\{le="0.15"[^}]*\} 1$/m);
  });
});

describe('ReserveMetrics', () => {
  it('counts orders by result and lines by reason', async () => {
    const metrics = new Metrics({ cell: 'in-1', process: 'api' });
    const reserves = new ReserveMetrics(metrics);
    const line = { line: '1', sku: 'mug' as Sku, quantity: 3 };
    const none = { ...line, availability: { answer: 'GLOBAL_EMPTY' } } as const;
    const few = { ...line, availability: { answer: 'INSUFFICIENT', available: 2 } } as const;
    const cut = { ...line, availability: { answer: 'PEER_UNREACHABLE' } } as const;
    reserves.settled({ kind: 'held', reservations: [], dropped: [] });
    reserves.settled({ kind: 'held', reservations: [], dropped: [none] });
    reserves.settled({ kind: 'refused', dropped: [none, few] });
    reserves.settled({ kind: 'unsettled', lines: [cut] });
    reserves.settled({ kind: 'round-spent' });
    reserves.waited(0.2);
    const text = await textOf(metrics);
    for (const outcome of ['held', 'part', 'refused', 'unsettled', 'round_spent']) {
      expect(text).toMatch(new RegExp(`reservations_total\\{[^}]*"${outcome}"[^}]*\\} 1$`, 'm'));
    }
    expect(text).toMatch(/refused_lines_total\{[^}]*code="GLOBAL_EMPTY"[^}]*\} 2$/m);
    expect(text).toMatch(/refused_lines_total\{[^}]*code="INSUFFICIENT"[^}]*\} 1$/m);
    expect(text).toMatch(/refused_lines_total\{[^}]*code="PEER_UNREACHABLE"[^}]*\} 1$/m);
    expect(text).toMatch(/borrow_wait_seconds_bucket\{le="0.21"[^}]*\} 1$/m);
  });
});
