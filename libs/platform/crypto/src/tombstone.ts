/**
 * What stands where a person's data was: the key is fenced, destroyed, or was never completed. A value,
 * not an error, because reading about an erased person is a normal answer.
 */
export class Tombstone {
  readonly reason: 'fenced' | 'destroyed' | 'absent';

  constructor(reason: Tombstone['reason']) {
    this.reason = reason;
  }
}

export const isTombstone = (value: unknown): value is Tombstone => value instanceof Tombstone;
