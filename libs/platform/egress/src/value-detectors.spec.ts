import { newCellId } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import { describe, expect, it } from '@jest/globals';
import { hasIbanCheck, hasLuhnDigit, hasVerhoeffDigit } from './check-digits.ts';
import { detectPersonal } from './value-detectors.ts';
import type { DetectorCode } from './value-detectors.ts';

describe('Check digits', () => {
  it('are those of the published examples', () => {
    expect(hasLuhnDigit('4242424242424242')).toBe(true);
    expect(hasLuhnDigit('378282246310005')).toBe(true);
    // ISO 13616's and Wikipedia's examples of an IBAN, Verhoeff's own example 236 3
    expect(hasIbanCheck('DE89370400440532013000')).toBe(true);
    expect(hasIbanCheck('GB82WEST12345698765432')).toBe(true);
    expect(hasVerhoeffDigit('2363')).toBe(true);
  });

  it('notice every single altered digit', () => {
    for (const [number, isRight] of [
      ['4242424242424242', hasLuhnDigit],
      ['234567890124', hasVerhoeffDigit],
      ['DE89370400440532013000', hasIbanCheck],
    ] as const) {
      for (let at = number.startsWith('DE') ? 2 : 0; at < number.length; at += 1) {
        const other = String((Number(number[at]) + 1) % 10);
        expect(isRight(number.slice(0, at) + other + number.slice(at + 1))).toBe(false);
      }
      expect(isRight(number)).toBe(true);
    }
  });
});

describe('A value', () => {
  it.each<[DetectorCode, string]>([
    ['EMAIL', 'asha.rao+shop@mail.example.in'],
    ['EMAIL', 'josé@exämple.eu'],
    ['PHONE', '+49 151 23456789'],
    ['PHONE', '+91-98765-43210'],
    ['PHONE', '9876543210'],
    ['PHONE', '09876543210'],
    ['PHONE', '98765 43210'],
    ['IBAN', 'DE89 3704 0044 0532 0130 00'],
    ['IBAN', 'de89370400440532013000'],
    ['PAYMENT_CARD', '4242424242424242'],
    ['PAYMENT_CARD', '4242-4242-4242-4242'],
    ['PAYMENT_CARD', '3782 822463 10005'],
    ['AADHAAR', '234567890124'],
    ['AADHAAR', '2345 6789 0124'],
    ['INCOME_TAX_NUMBER', 'ABCPD1234E'],
    ['CIPHERTEXT', 'v1|sub_in-1_0123|1|AAAA'],
    ['CANARY', 'xxCNRYxx'],
    ['OWN_REFERENCE', newCellId('order', 'in-1' as CellId)],
  ])('that is personal is known as %s: %s', (code, text) => {
    expect(detectPersonal(text)).toBe(code);
    expect(detectPersonal(`pool/${text}`)).toBe(code);
  });

  it.each(['plain', 'base64', 'base64url', 'hex', 'url', 'base64 twice'])(
    'is known packed as %s, wherever it begins',
    (form) => {
      const text = 'asha.rao@example.in';
      const packed = {
        plain: text,
        base64: Buffer.from(text).toString('base64'),
        base64url: Buffer.from(text).toString('base64url'),
        hex: Buffer.from(text).toString('hex'),
        url: encodeURIComponent(text),
        'base64 twice': Buffer.from(Buffer.from(text).toString('base64')).toString('base64'),
      }[form];
      for (const before of ['', 'a', 'ab', 'abc', 'blr/']) {
        expect([before, detectPersonal(`${before}${packed ?? ''}`)]).toEqual([before, 'EMAIL']);
      }
    },
  );

  it.each([
    'TEA-ASSAM',
    '85123A',
    'gift_0001_20',
    'blr/85099B',
    'in-1/eu-1/blr/22423',
    '2026-01-01T00:00:00.000Z',
    '5901234123457',
    '036000291452',
    '17701234567893',
    'E2E-X0123456789AB',
  ])('of trade is left alone: %s', (text) => {
    expect(detectPersonal(text)).toBeUndefined();
  });
});
