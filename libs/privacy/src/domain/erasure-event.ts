import { createHash } from 'node:crypto';
import type { ErasureRequestId } from '@entrepot/kernel';

/** One link of the chain of a request, as the database keeps it for ever. */
export interface ErasureEventRecord {
  readonly requestId: ErasureRequestId;
  /** The version that the request has by this event, from 1. */
  readonly seq: number;
  readonly action: string;
  /** A staff id, `worker` or `eraser`. */
  readonly actor: string;
  /** A code that says more. */
  readonly detail: string | undefined;
  readonly at: Date;
  /** SHA-256, in hexadecimal; undefined for the first. */
  readonly prevHash: string | undefined;
  readonly hash: string;
}

/** SHA-256 of the fields with bars between them, in hexadecimal, as the database computes it. */
export function eventHashOf(event: Omit<ErasureEventRecord, 'hash'>): string {
  const { requestId, seq, action, actor, detail, at, prevHash } = event;
  const fields = [requestId, seq, action, actor, detail ?? '', at.toISOString(), prevHash ?? ''];
  return createHash('sha256').update(fields.join('|')).digest('hex');
}

/**
 * The numbers at which the chain of a request does not hold, in order: a link that was changed, or does
 * not follow the one before it. Events in the order of their numbers; a whole chain begins at 1.
 */
export function brokenLinks(events: readonly ErasureEventRecord[]): number[] {
  return events.flatMap((event, index) => {
    const isNext = event.seq === index + 1;
    const isChained = event.prevHash === events[index - 1]?.hash;
    return isNext && isChained && event.hash === eventHashOf(event) ? [] : [event.seq];
  });
}
