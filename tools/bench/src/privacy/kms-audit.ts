import { readFileSync, statSync } from 'node:fs';

interface AuditedCall {
  readonly eventName: string;
  readonly userIdentity: { readonly userName?: string };
  /** Whole seconds. */
  readonly eventTime: string;
  readonly errorCode?: string;
}

/** What KMS wrote down of the calls it answered, as CloudTrail would. */
export class KmsAudit {
  #readTo: number;

  /** Counts from now on. */
  constructor(private readonly file: string) {
    this.#readTo = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** The calls since the last time it was asked; a line is written before its call is answered. */
  take(): readonly AuditedCall[] {
    const content = readFileSync(this.file);
    const lines = content.subarray(this.#readTo).toString('utf8');
    // what is written at this moment is of the next time
    const end = lines.lastIndexOf('\n') + 1;
    this.#readTo += Buffer.byteLength(lines.slice(0, end));
    return lines
      .slice(0, end)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AuditedCall);
  }
}

/** How many calls of one operation were answered in the busiest second. */
export function busiestSecond(calls: readonly AuditedCall[], operation: string): number {
  const times = calls
    .filter(({ eventName, errorCode }) => eventName === operation && errorCode === undefined)
    .map(({ eventTime }) => eventTime);
  const perSecond = [...Map.groupBy(times, (time) => time).values()];
  return Math.max(0, ...perSecond.map((of) => of.length));
}
