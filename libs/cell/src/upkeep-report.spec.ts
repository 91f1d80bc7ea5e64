import { describe, expect, it } from '@jest/globals';
import { DomainError } from '@entrepot/kernel';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { UpkeepReport } from './upkeep-report.ts';

describe('The report of upkeep', () => {
  it('counts every run, and says of a failure its code and never its message', async () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const log = new Log({ level: 'info', bound: { cell: 'in-1', process: 'worker' }, destination });
    const metrics = new Metrics({ cell: 'in-1', process: 'worker' });
    const report = new UpkeepReport(log, metrics);
    await report.run('checkout.reconcile', () => Promise.resolve());
    const failing = () => Promise.reject(new DomainError('PEER_UNREACHABLE', 'mira@example.org'));
    await expect(report.run('checkout.reconcile', failing)).rejects.toThrow(DomainError);

    const { text } = await metrics.expose();
    const runs = (outcome: string) =>
      new RegExp(
        `entrepot_upkeep_runs_total\\{component="checkout.reconcile",outcome="${outcome}"[^}]*\\} (\\d+)`,
      ).exec(text)?.[1];
    expect([runs('done'), runs('failed')]).toEqual(['1', '1']);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      event: 'upkeep.failed',
      component: 'checkout.reconcile',
      code: 'PEER_UNREACHABLE',
    });
    expect(lines[0]).not.toContain('mira');
  });
});
