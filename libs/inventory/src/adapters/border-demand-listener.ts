import type { BorderClient } from '@entrepot/platform-http/border';
import type { PoolDemand } from '../application/demand-counts.ts';
import { DemandListener } from '../application/tell-demand.ts';

const tellWaitMs = 1_000;

/** In the API process: the border process of the own cell. */
export class BorderDemandListener extends DemandListener {
  constructor(private readonly border: Pick<BorderClient, 'call'>) {
    super();
  }

  async hear(demands: readonly PoolDemand[]): Promise<void> {
    const path = '/internal/v1/inventory/demand';
    await this.border.call({ method: 'POST', path, body: { demands }, deadlineMs: tellWaitMs });
  }
}
