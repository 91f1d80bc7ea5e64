import type { Log } from '@entrepot/platform-telemetry';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { TryEndedKeys } from '../application/try-ended-keys.ts';

const tryEveryMs = 1_000;

/** Has an API process try ended keys again and again; one run at a time, and a failed one is made good by the next. */
export class KeyTrialRounds implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> | undefined;

  constructor(
    private readonly trials: TryEndedKeys,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.#run(), tryEveryMs);
    this.#timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    if (this.#running !== undefined) return;
    this.#running = this.trials
      .execute()
      .catch((error: unknown) => this.log.failure('privacy.key_trial_failed', error));
    await this.#running;
    this.#running = undefined;
  }
}
