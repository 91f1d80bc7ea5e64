import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { Metrics } from '@entrepot/platform-telemetry';
import type { StockStore } from '../application/stock-store.ts';
import { RecallMetrics } from './recall-metrics.ts';

describe('the metrics of recalls', () => {
  it('tell what is owed at the moment, what came back and who was silent', async () => {
    const metrics = new Metrics({ cell: 'in-1', process: 'border' });
    let owed = 55;
    const store = { sumOwed: () => Promise.resolve(owed) } as unknown as StockStore;
    const recalls = new RecallMetrics(metrics, store);
    recalls.note({ pools: 1, owed, recalled: 40, silentPeers: ['eu-1' as CellId] });
    recalls.note({ pools: 1, owed: 15, recalled: 0, silentPeers: [] });
    owed = 15;
    const { text } = await metrics.expose();
    expect(text).toMatch(/^entrepot_inventory_deficit_units\{[^}]*\} 15$/m);
    expect(text).toMatch(/^entrepot_inventory_recalled_units_total\{[^}]*\} 40$/m);
    expect(text).toMatch(/^entrepot_inventory_recall_silences_total\{[^}]*peer="eu-1"[^}]*\} 1$/m);
  });
});
