import { Injectable } from '@nestjs/common';

import { CatalogContext } from './catalog-context.ts';
import { CatalogPulse } from './catalog-pulse.ts';

/** Run every few seconds by the worker: notes this cell's schema version and, at the leader, beats. */
@Injectable()
export class KeepPulse {
  constructor(
    private readonly pulse: CatalogPulse,
    private readonly context: CatalogContext,
  ) {}

  async execute(): Promise<void> {
    const { cell, leader } = this.context;
    await this.pulse.recordSchemaVersion(cell, await this.pulse.schemaVersion());
    if (leader.cell === cell) await this.pulse.beat(cell);
  }
}
