import { Log, Metrics } from '@entrepot/platform-telemetry';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { OpenIndexEpochUseCase } from '../application/open-index-epoch.ts';
import { RefillKeyReserveUseCase } from '../application/refill-key-reserve.ts';
import { SweepReservationsUseCase } from '../application/sweep-reservations.ts';

const refillIntervalMs = 5_000;
const sweepIntervalMs = 60_000;

/**
 * What a worker does for the vault again and again. Plain timers: each run reads from PostgreSQL what is
 * to be done, two workers at once do no harm, and nothing is lost with a run that fails.
 */
@Injectable()
export class PrivacyUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly failures;
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly openIndexEpoch: OpenIndexEpochUseCase,
    private readonly refillKeyReserve: RefillKeyReserveUseCase,
    private readonly sweepReservations: SweepReservationsUseCase,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.failures = metrics.counter({
      name: 'entrepot_privacy_upkeep_failures_total',
      help: 'Runs of the upkeep of the vault that failed; the next run does the work',
      labels: ['component'],
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.openIndexEpoch.execute();
    this.repeat('privacy.refill_failed', refillIntervalMs, () => this.refillKeyReserve.execute());
    this.repeat('privacy.sweep_failed', sweepIntervalMs, () => this.sweepReservations.execute());
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.running);
  }

  private repeat(failureEvent: string, intervalMs: number, work: () => Promise<unknown>): void {
    let isRunning = false;
    const run = async (): Promise<void> => {
      if (isRunning) return;
      isRunning = true;
      try {
        await work();
      } catch (error) {
        this.failures.inc({ component: failureEvent });
        this.log.failure(failureEvent, error);
      } finally {
        isRunning = false;
      }
    };
    const start = (): void => {
      const current = run();
      this.running.add(current);
      void current.finally(() => this.running.delete(current));
    };
    start();
    this.timers.push(setInterval(start, intervalMs));
  }
}
