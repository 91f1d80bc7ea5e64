import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import { describe, expect, it } from '@jest/globals';
import { Personal, PersonalValueError } from './personal.ts';
import type { Public } from './personal.ts';

const text = 'asha@example.in';
const email = new Personal(text);

describe('A personal value', () => {
  it('opens for whoever asks for it by name', () => {
    expect(email.reveal()).toBe(text);
    expect(email.map((value) => value.length).reveal()).toBe(text.length);
  });

  it.each<[string, () => unknown]>([
    ['JSON', () => JSON.stringify({ account: { email } })],
    ['a template', () => `to ${email as unknown as string}`],
    ['a sum of texts', () => 'to '.concat(email as unknown as string)],
    ['String()', () => String(email)],
    ['a join', () => [email].join()],
    ['a comparison', () => (email as unknown as number) > 1],
    ['util.inspect, however deep', () => inspect({ error: { cause: [email] } })],
    ['an error that holds it', () => inspect(new Error('failed', { cause: { email } }))],
  ])('throws in %s, and says nothing of itself', (_name, leak) => {
    expect(leak).toThrow(PersonalValueError);
    expect(leak).not.toThrow(text);
  });

  it.each<[string, () => unknown]>([
    ['a structured clone', () => structuredClone({ email })],
    ['what V8 writes to a file', () => serialize({ email })],
  ])('cannot become part of %s', (_name, copy) => {
    expect(copy).toThrow(/could not be cloned/);
    expect(copy).not.toThrow(text);
  });

  it('shows nothing to whoever lists its members', () => {
    expect(Object.values(email)).toEqual([expect.any(Symbol)]);
    expect(JSON.stringify(Object.entries(email))).not.toContain('asha');
  });

  it('widens to nothing that is public, in the compiler', () => {
    // @ts-expect-error a personal text is no text
    const asText: string = email;
    // @ts-expect-error nor is it any record of texts
    const asRecord: Record<string, string> = { email };
    // @ts-expect-error nor does it pass for another personal value
    const asNumber: Personal<number> = email;
    // @ts-expect-error a public shape has no personal member, however deep
    const asPublic: Public<{ to: { email: Personal<string> } }> = { to: { email } };
    expect([asText, asRecord, asNumber, asPublic]).toHaveLength(4);
  });
});
