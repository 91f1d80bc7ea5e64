import { EndSessions } from '@entrepot/identity';
import { ErasureStore, Fences } from '@entrepot/privacy';
import type { ErasureRequest } from '@entrepot/privacy';
import { Log } from '@entrepot/platform-telemetry';
import { Injectable } from '@nestjs/common';
import { erasureStages } from '../domain/erasure.ts';
import type { ErasureStage } from '../domain/erasure.ts';
import { PersonalDataOwners } from './personal-data-owners.ts';

const requestsPerStageMax = 50;

/**
 * Takes approved erasures as far as they can go. Every stage may be done again, and only the change of
 * the status, held to the version that was read, counts it as done: a crash anywhere is made good by
 * the next run, and two workers at it do no harm.
 */
@Injectable()
export class RunErasures {
  constructor(
    private readonly requests: ErasureStore,
    private readonly fences: Fences,
    private readonly sessions: EndSessions,
    private readonly owners: PersonalDataOwners,
    private readonly log: Log,
  ) {}

  /** Answers how many stages were completed. */
  async execute(): Promise<number> {
    let completed = 0;
    for (const stage of erasureStages) {
      for (const request of await this.requests.inStatus(stage.from, requestsPerStageMax)) {
        if (await this.attempt(stage, request)) completed += 1;
      }
    }
    return completed;
  }

  /** One request that fails does not keep the others waiting. */
  private async attempt(stage: ErasureStage, request: ErasureRequest): Promise<boolean> {
    try {
      return (
        (await this.perform(stage, request)) && (await this.requests.advance(request, stage.to))
      );
    } catch (error) {
      this.log.failure('privacy.erasure_failed', error, { component: stage.work });
      return false;
    }
  }

  /** Answers false where the eraser has yet to do its part. */
  private async perform({ work }: ErasureStage, request: ErasureRequest): Promise<boolean> {
    const { subject } = request;
    switch (work) {
      case 'fence':
        await this.fence(request);
        return true;
      case 'await-unusable':
        return (await this.fences.fateOf(subject)).isUnusable;
      case 'purge':
        await this.purge(request);
        return true;
      case 'await-destroyed':
        return (await this.fences.fateOf(subject)).isDestroyed;
      case 'close':
        await this.fences.markErased(subject);
        return true;
    }
  }

  private async fence({ id, subject }: ErasureRequest): Promise<void> {
    await this.fences.fence(subject);
    const matched = await this.sessions.execute(subject);
    const ended = { store: 'identity.session', matched, deleted: 0, left: matched };
    await this.requests.recordStep(id, {
      ...{ step: 'end-sessions', ...ended },
      ...(matched > 0 && { leftReason: 'PURGED_LATER' }),
    });
  }

  private async purge({ id, subject }: ErasureRequest): Promise<void> {
    for (const owner of this.owners.all()) {
      for (const outcome of await owner.erase(subject)) {
        await this.requests.recordStep(id, { step: 'purge', ...outcome });
      }
    }
  }
}
