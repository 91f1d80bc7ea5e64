import { describe, expect, it } from '@jest/globals';
import { readRefreshToken, writeRefreshToken } from './session.ts';
import { kindOfTyp, tokenKinds } from './token-kinds.ts';

const token = { cell: 'in-1', family: 'f'.repeat(43), secret: 's'.repeat(43) };

describe('a refresh token', () => {
  it('is read back as it was written', () => {
    expect(readRefreshToken(writeRefreshToken(token))).toEqual(token);
  });

  it.each([
    '',
    'in-1',
    `IN-1.${token.family}.${token.secret}`,
    `in-1.${token.family}`,
    `in-1.${token.family}.${token.secret}.x`,
    `in-1.${token.family}.${token.secret.slice(1)}`,
  ])('is not read from %p', (text) => {
    expect(readRefreshToken(text)).toBeUndefined();
  });
});

describe('token kinds', () => {
  it('differ pairwise in type and audience', () => {
    const rules = Object.values(tokenKinds);
    expect(new Set(rules.map((rule) => rule.typ)).size).toBe(rules.length);
    expect(new Set(rules.map((rule) => rule.audience)).size).toBe(rules.length);
  });

  it('let no access token live longer than five minutes', () => {
    const { 'guest-cart': guestCart, ...access } = tokenKinds;
    for (const rule of Object.values(access)) expect(rule.lifetimeSeconds).toBeLessThanOrEqual(300);
    expect(kindOfTyp(guestCart.typ)).toBe('guest-cart');
    expect(kindOfTyp('JWT')).toBeUndefined();
  });
});
