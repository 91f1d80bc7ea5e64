import { identityOf } from '@entrepot/stack';
import type { RunningService } from '@entrepot/stack';

import type { ProcessRecord } from './abandoned-runs.ts';
import { launcherOf } from './launchers.ts';

/** A started service and what a suite must know of it. */
export interface LaunchedService {
  readonly services: readonly RunningService[];
  readonly description: Readonly<Record<string, unknown>>;
}

/** Starts each service once, whoever asks first, and stops them in reverse order. */
export class ServiceRegistry {
  private readonly launched = new Map<string, Promise<LaunchedService>>();

  constructor(
    private readonly folder: string,
    private readonly record: ProcessRecord,
  ) {}

  /** `postgres`, `postgres:<own server>`, `postgres-pair:<own server>`, `redis`, `kafka`, `kms:<cell>:<name>`. */
  async start(name: string): Promise<LaunchedService['description']> {
    let starting = this.launched.get(name);
    if (starting === undefined) {
      starting = this.launch(name);
      this.launched.set(name, starting);
      // the next suite may try again
      starting.catch(() => this.launched.delete(name));
    }
    return (await starting).description;
  }

  async stopAll(): Promise<void> {
    for (const starting of [...this.launched.values()].reverse()) {
      const launched = await starting.catch(() => undefined);
      for (const service of [...(launched?.services ?? [])].reverse()) await service.stop();
    }
  }

  private async launch(name: string): Promise<LaunchedService> {
    const launched = await launcherOf(name)(this.folder, name);
    for (const { pid } of launched.services) {
      const identity = identityOf(pid);
      if (identity !== undefined) this.record.add(identity);
    }
    return launched;
  }
}
