import { randomUUID } from 'node:crypto';
import type { KeyRecord } from './key-record.ts';

/** What the service itself did to a key whose time had come. */
export interface KeyEvent {
  /** A UUID; an event that is told again carries the same. */
  readonly id: string;
  readonly name: 'DeleteKey' | 'DeleteExpiredKeyMaterial';
  readonly keyArn: string;
  /** Epoch milliseconds, by the clock of the keys. */
  readonly at: number;
}

/** Resolves once the event is kept where it outlives this process. */
export type KeyEventListener = (event: KeyEvent) => Promise<void>;

export const keyEvent = (name: KeyEvent['name'], key: KeyRecord, at: number): KeyEvent => ({
  id: randomUUID(),
  name,
  keyArn: key.arn,
  at,
});
