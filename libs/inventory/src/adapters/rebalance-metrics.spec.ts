import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { Metrics } from '@entrepot/platform-telemetry';
import { RebalanceMetrics } from './rebalance-metrics.ts';

describe('the metrics of rebalancing', () => {
  it('tell what was asked, what came and who was silent', async () => {
    const metrics = new Metrics({ cell: 'in-1', process: 'border' });
    const rebalancing = new RebalanceMetrics(metrics);
    rebalancing.note({ pools: 3, asks: 2, units: 40, postponed: 7, silentPeers: [] });
    rebalancing.note({
      pools: 1,
      asks: 1,
      units: 0,
      postponed: 0,
      silentPeers: ['eu-1' as CellId],
    });
    const { text } = await metrics.expose();
    expect(text).toMatch(/^entrepot_inventory_asks_ahead_total\{[^}]*\} 3$/m);
    expect(text).toMatch(/^entrepot_inventory_moved_ahead_units_total\{[^}]*\} 40$/m);
    expect(text).toMatch(/^entrepot_inventory_asks_ahead_postponed_total\{[^}]*\} 7$/m);
    expect(text).toMatch(
      /^entrepot_inventory_ask_ahead_silences_total\{[^}]*peer="eu-1"[^}]*\} 1$/m,
    );
  });
});
