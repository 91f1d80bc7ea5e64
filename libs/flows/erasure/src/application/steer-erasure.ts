import type { ErasureRequestId, StaffId } from '@entrepot/kernel';
import type { ErasureRequest } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import type { StaffAction } from '../domain/transition-table.ts';
import type { ErasureEvent } from '../domain/transition.ts';
import { ChangeErasure } from './change-erasure.ts';
import { ErasureSettings } from './erasure-settings.ts';
import { PlanErasure } from './plan-erasure.ts';

/** What an officer may do to a request beside signing its plan. */
export type SteeringAction = Exclude<StaffAction, 'approve' | 'confirm'>;

/** Plans anew, rejects, withdraws, holds, releases, extends, tries again. */
@Injectable()
export class SteerErasure {
  constructor(
    private readonly changes: ChangeErasure,
    private readonly plans: PlanErasure,
    private readonly settings: ErasureSettings,
  ) {}

  /** Throws NOT_FOUND, ERASURE_STATE_FORBIDS, ERASURE_NOT_EXTENDABLE and what PlanErasure throws. */
  async execute(
    id: ErasureRequestId,
    staffId: StaffId,
    action: SteeringAction,
  ): Promise<ErasureRequest> {
    const request = await this.changes.find(id);
    const event = await this.eventOf(request, action);
    return this.changes.execute(request, event, { actor: staffId });
  }

  private async eventOf(request: ErasureRequest, action: SteeringAction): Promise<ErasureEvent> {
    const at = this.changes.now();
    if (action === 'assess') return { action, at, plan: await this.plans.execute(request, at) };
    if (action === 'extend') return { action, at, timeZone: this.settings.timeZone };
    return { action, at };
  }
}
