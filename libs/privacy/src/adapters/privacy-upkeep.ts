import { Log, Metrics } from '@entrepot/platform-telemetry';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { MoveToOpenEpoch } from '../application/move-to-open-epoch.ts';
import { OpenKeyEpoch } from '../application/open-key-epoch.ts';
import { RefillKeyReserveUseCase } from '../application/refill-key-reserve.ts';
import { RequestKeys } from '../application/request-keys.ts';
import { SubjectKeySettings } from '../application/subject-key-settings.ts';
import { SweepReservationsUseCase } from '../application/sweep-reservations.ts';

const refillIntervalMs = 5_000;
const sweepIntervalMs = 60_000;
const epochIntervalMs = 10_000;

/** The use cases that a worker repeats. */
@Injectable()
export class PrivacyTasks {
  constructor(
    readonly openKeyEpoch: OpenKeyEpoch,
    readonly moveToOpenEpoch: MoveToOpenEpoch,
    readonly refillKeyReserve: RefillKeyReserveUseCase,
    readonly sweepReservations: SweepReservationsUseCase,
    readonly settings: SubjectKeySettings,
  ) {}
}

/**
 * What a worker does for the vault again and again. Plain timers: each run reads from PostgreSQL what is
 * to be done, two workers at once do no harm, and nothing is lost with a run that fails.
 */
@Injectable()
export class PrivacyUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly failures;
  private readonly running = new Set<Promise<void>>();
  private readonly stop = new AbortController();

  constructor(
    private readonly tasks: PrivacyTasks,
    private readonly requestKeys: RequestKeys,
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
    const { tasks } = this;
    await tasks.openKeyEpoch.execute();
    // only this driver takes KMS keys out of a reserve
    if (tasks.settings.driver === 'kms-per-user') {
      this.repeat('privacy.refill_failed', refillIntervalMs, () =>
        tasks.refillKeyReserve.execute(),
      );
    }
    this.repeat('privacy.sweep_failed', sweepIntervalMs, () => tasks.sweepReservations.execute());
    this.repeat('privacy.epoch_failed', epochIntervalMs, async () => {
      await tasks.openKeyEpoch.execute();
      await tasks.moveToOpenEpoch.execute(this.stop.signal);
    });
    this.repeat('privacy.epoch_failed', epochIntervalMs, () => this.requestKeys.moveToOpenEpoch());
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.stop.abort();
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
