import { DomainError } from '@entrepot/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import pLimit from 'p-limit';
import type { LimitFunction } from 'p-limit';

export const staffPathPrefix = '/admin/';

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
 */
export class StaffPlaces {
  private readonly limit: LimitFunction;

  constructor(private readonly options: StaffPlacesOptions = staffPlacesOfProcess) {
    this.limit = pLimit(options.atOnceMax);
  }

  /**
   * Resolves once the request may go on; its place is free again when its answer was sent or its caller left.
   * Throws UNAVAILABLE where too many wait.
   */
  async enter({ routeOptions }: FastifyRequest, { raw }: FastifyReply): Promise<void> {
    if (routeOptions.url?.startsWith(staffPathPrefix) !== true) return;
    if (this.limit.pendingCount >= this.options.waitingMax) {
      throw new DomainError('UNAVAILABLE', 'too many requests of staff wait');
    }
    const closed = new Promise<void>((resolve) => raw.once('close', resolve));
    await new Promise<void>((enter) => {
      void this.limit(() => {
        enter();
        return closed;
      });
    });
  }
}
