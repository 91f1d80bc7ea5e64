import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Log } from '@entrepot/platform-telemetry';
import { setTimeout as delay } from 'node:timers/promises';

import { DrainCatalogChanges } from '../application/drain-catalog-changes.ts';
import { KeepPulse } from '../application/keep-pulse.ts';

const drainPauseMs = 50;
const failurePauseMs = 500;
const pulsePauseMs = 5_000;

/** Keeps caches and projections in step with the catalog's rows, and the pulse going. */
@Injectable()
export class CatalogWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private loops: readonly Promise<void>[] = [];

  constructor(
    private readonly drain: DrainCatalogChanges,
    private readonly pulse: KeepPulse,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.loops = [
      this.repeat('catalog.drain', async () => {
        const { isDrained } = await this.drain.execute();
        return isDrained ? drainPauseMs : 0;
      }),
      this.repeat('catalog.pulse', async () => {
        await this.pulse.execute();
        return pulsePauseMs;
      }),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.loops);
  }

  /** Until shutdown; what fails is logged once per row of failures and tried again. */
  private async repeat(name: string, step: () => Promise<number>): Promise<void> {
    let isFailing = false;
    while (!this.stopping.signal.aborted) {
      let pauseMs = failurePauseMs;
      try {
        pauseMs = await step();
        isFailing = false;
      } catch (error) {
        if (!isFailing) this.log.failure(name, error);
        isFailing = true;
      }
      // an abort ends the pause early; there is nothing else it can throw
      await delay(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }
}
