import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventStreamReader, type ServerEvent } from '../src/event-stream.ts';

/** All that a reader finds in a text that comes in these pieces. */
function read(...pieces: readonly string[]): ServerEvent[] {
  const reader = new EventStreamReader();
  return pieces.flatMap((piece) => reader.take(piece));
}

describe('EventStreamReader', () => {
  it.each([
    ['an event with its data', 'event: band\ndata: {}\n\n', [{ event: 'band', data: '{}' }]],
    ['data of several lines', 'data: a\ndata:b\n\n', [{ event: 'message', data: 'a\nb' }]],
    ['one space less at most', 'data:  a\n\n', [{ event: 'message', data: ' a' }]],
    ['no comment', ':\n\n: beat\n\n', []],
    ['no event without data', 'event: band\n\n', []],
    ['no event that is not complete', 'data: a\n', []],
    ['a field without a colon', 'data\n\n', [{ event: 'message', data: '' }]],
    ['what it does not know', 'colour: red\ndata: a\n\n', [{ event: 'message', data: 'a' }]],
  ])('finds %s', (_, text, events) => {
    for (const lineBreak of ['\n', '\r\n', '\r']) {
      // a CR may be half of a line break until something follows
      expect(read(`${text.replaceAll('\n', lineBreak)}:`)).toEqual(events);
    }
  });

  it('notes when to come back, where the server says it in digits', () => {
    const reader = new EventStreamReader();
    reader.take('retry: 1500\n\nretry: soon\n\n');
    expect(reader.retryMs).toBe(1_500);
  });

  it('finds the same wherever the text is cut', () => {
    const line = fc.constantFrom('data: a', 'data: {"n":1}', 'event: band', ':', '', 'retry: 5');
    const lineBreak = fc.constantFrom('\n', '\r\n', '\r');
    const text = fc
      .array(fc.tuple(line, lineBreak), { size: 'medium' })
      .map((lines) => lines.flat().join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(60)), (whole, cuts) => {
        const places = [0, ...cuts, whole.length].toSorted((left, right) => left - right);
        const pieces = places.map((at, index) =>
          whole.slice(at, places[index + 1] ?? whole.length),
        );
        expect(read(...pieces)).toEqual(read(whole));
      }),
    );
  });
});
