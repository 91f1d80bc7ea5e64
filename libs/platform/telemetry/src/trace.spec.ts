import { describe, expect, it } from '@jest/globals';
import { mustNotCross, newTraceId } from './trace.ts';

describe('traces', () => {
  it('begin with a new random id', () => {
    expect(newTraceId()).toMatch(/^[0-9a-f]{32}$/);
    expect(newTraceId()).not.toBe(newTraceId());
  });

  it.each(['traceparent', 'TraceState', 'baggage', 'Cookie', 'User-Agent', 'X-Forwarded-For'])(
    'leave %s at the border',
    (header) => {
      expect(mustNotCross(header)).toBe(true);
    },
  );

  it('let the content headers pass', () => {
    expect(mustNotCross('content-type')).toBe(false);
  });
});
