import { describe, expect, it } from '@jest/globals';
import { PastRetention, SweepRetention } from '../src/application/sweep-retention.ts';
import { retentionSchedule } from '../src/domain/retention-schedule.ts';
import type { RetentionName } from '../src/domain/retention-schedule.ts';

class StuckRetention extends PastRetention {
  readonly ended: RetentionName[] = [];

  override count(): Promise<number> {
    return Promise.resolve(1);
  }

  override end(name: RetentionName): Promise<number> {
    if (name === 'provider_references') return Promise.reject(new Error('still needed'));
    this.ended.push(name);
    return Promise.resolve(1);
  }
}

describe('the sweep of what is past its end', () => {
  it('goes on behind a kind that fails, and says so at the end', async () => {
    const past = new StuckRetention();
    const sweep = new SweepRetention(past, []);
    await expect(sweep.execute(new Date(), { isDryRun: false })).rejects.toThrow('still needed');
    const others = retentionSchedule.map(({ name }) => name);
    expect(past.ended).toEqual(others.filter((name) => name !== 'provider_references'));
  });
});
