import { DomainError } from '@entrepot/kernel';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import pLimit from 'p-limit';
import type { LimitFunction } from 'p-limit';
import { lastValueFrom, of } from 'rxjs';
import type { Observable } from 'rxjs';
import { accessRuleOf } from './access.ts';
import { requestOf } from './request.ts';

export interface StaffPlacesOptions {
  /** Staff requests that a process works at side by side. */
  readonly atOnceMax: number;
  /** Staff requests that may wait for a place; any more are refused. */
  readonly waitingMax: number;
}

export const staffPlacesOfProcess: StaffPlacesOptions = { atOnceMax: 4, waitingMax: 200 };

/**
 * A bulkhead (M. Nygard, Release It!) between staff and shoppers: an office may send hundreds of requests at once,
 * such as a morning's approvals, and shoppers in the same process wait behind a few of them only.
 *
 * It stands behind the guards, so that nobody but staff can take its places: strangers could keep all of them. A
 * place is held for the work alone. Whoever reads an answer slowly holds none, and one whose caller left is held
 * until the work has ended, since the process is at it for as long.
 */
export class StaffPlaces implements NestInterceptor {
  private readonly limit: LimitFunction;

  constructor(private readonly options: StaffPlacesOptions = staffPlacesOfProcess) {
    this.limit = pLimit(options.atOnceMax);
  }

  /** Throws UNAVAILABLE where too many wait. */
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    if (accessRuleOf(context.getHandler())?.kind !== 'staff') return next.handle();
    if (this.limit.pendingCount >= this.options.waitingMax) {
      throw new DomainError('UNAVAILABLE', 'too many requests of staff wait');
    }
    return of(await this.limit(() => work(context, next)));
  }
}

function work(context: ExecutionContext, next: CallHandler): Promise<unknown> {
  if (requestOf(context).raw.socket.destroyed) {
    throw new DomainError('UNAVAILABLE', 'the caller left before there was a place');
  }
  return lastValueFrom(next.handle(), { defaultValue: undefined });
}
