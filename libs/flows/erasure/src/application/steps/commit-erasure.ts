import { PersonalDataOwners } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { DomainError } from '@entrepot/kernel';
import type { ErasureRequest, PlanFacts } from '@entrepot/privacy';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';
import { isSameWork, PlanErasure } from '../plan-erasure.ts';
import { StepFailure } from '../step-failure.ts';
import { SubjectTables } from '../subject-tables.ts';

/**
 * The point of no return. The plan is made once more, and is what was approved or goes back to the
 * officers; every table about people that the databases have must have an owner in this process.
 */
@Injectable()
export class CommitErasure extends ErasureStepWork {
  readonly action = 'commit';

  constructor(
    private readonly plans: PlanErasure,
    private readonly tables: SubjectTables,
    private readonly owners: PersonalDataOwners,
  ) {
    super();
  }

  override async perform(request: ErasureRequest, at: Date): Promise<StepOutcome> {
    await this.refuseUnowned();
    const plan = await this.planAnew(request, at);
    if (request.plan !== undefined && isSameWork(plan, request.plan)) {
      return { event: { action: this.action, at } };
    }
    return { event: { action: 'assess', at, plan }, detail: 'PLAN_CHANGED' };
  }

  private async refuseUnowned(): Promise<void> {
    const owned = new Set(this.owners.tables());
    const store = (await this.tables.survey()).find((table) => !owned.has(table));
    if (store === undefined) return;
    throw new StepFailure('ERASURE_STORE_UNKNOWN', `nobody answers for ${store}`, { store });
  }

  private async planAnew(request: ErasureRequest, at: Date): Promise<PlanFacts> {
    try {
      return await this.plans.execute(request, at);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      throw new StepFailure(error.code, error.message);
    }
  }
}
