import { randomBytes } from 'node:crypto';

/**
 * A new root trace id: 16 random bytes in lower-case hex (W3C Trace Context). A process never goes on
 * with a trace id that came from outside: an id handed across a border would tie two sides together.
 */
export const newTraceId = (): string => randomBytes(16).toString('hex');

/** Headers that would carry a caller's identity or trace over the border; they are dropped there. */
export const headersThatNeverCross = [
  'traceparent',
  'tracestate',
  'baggage',
  'cookie',
  'user-agent',
  'forwarded',
  'via',
  'referer',
] as const;

/** Whether a header must not cross: the list above and all of `x-forwarded-*`. */
export function mustNotCross(header: string): boolean {
  const name = header.toLowerCase();
  return (
    name.startsWith('x-forwarded-') || (headersThatNeverCross as readonly string[]).includes(name)
  );
}
