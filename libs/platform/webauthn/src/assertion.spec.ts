import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assertionDigest, assertionFrom, counterOfVerified } from './assertion.ts';
import type { AssertionCheck, SignedAssertion } from './assertion.ts';
import { newPasskeyFrom } from './registration.ts';
import { boundChallenge, relyingPartyOf } from './relying-party.ts';
import { SoftwareAuthenticator } from './testing/software-authenticator.ts';

const origin = 'http://in-1.localhost:8080';
const relyingParty = relyingPartyOf(origin);
const challenge = boundChallenge('spec/1', 'what is signed');
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const authenticator = SoftwareAuthenticator.at(origin);
let check: AssertionCheck;
beforeAll(async () => {
  const made = await newPasskeyFrom(
    authenticator.create({ challenge, rp: { id: relyingParty.id, name: 'a cell' } }),
    { relyingParty, challenge },
  );
  if (made === undefined) throw new Error('no passkey was made');
  check = { publicKey: made.publicKey, challenge, relyingParty, counter: 0 };
});

const signed = (by = authenticator, asked = { challenge, rpId: relyingParty.id }) =>
  assertionFrom(by.get(asked));

/** The same signature in its other form: r and n − s. */
function inOtherForm(assertion: SignedAssertion): SignedAssertion {
  const der = assertion.signature;
  const rEnd = 4 + (der[3] ?? 0);
  const s = BigInt(`0x${der.subarray(rEnd + 2).toString('hex')}`);
  const digits = Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex');
  const isHigh = (digits[0] ?? 0) > 0x7f;
  const integer = isHigh ? Buffer.concat([Buffer.alloc(1), digits]) : digits;
  const body = Buffer.concat([der.subarray(2, rEnd), Buffer.from([2, integer.length]), integer]);
  return { ...assertion, signature: Buffer.concat([Buffer.from([0x30, body.length]), body]) };
}

describe('an assertion', () => {
  it('holds, and shows a counter that rises', async () => {
    const first = await counterOfVerified(signed(), check);
    const second = await counterOfVerified(signed(), check);
    expect([first, second].every((counter) => counter !== undefined)).toBe(true);
    expect(second).toBeGreaterThan(first ?? Infinity);
  });

  it('holds only for a counter before its own', async () => {
    const assertion = signed();
    const counter = (await counterOfVerified(assertion, check)) ?? 0;
    expect(await counterOfVerified(assertion, { ...check, counter: counter - 1 })).toBe(counter);
    expect(await counterOfVerified(assertion, { ...check, counter })).toBeUndefined();
  });

  it.each([
    [
      'another challenge',
      signed(authenticator, { challenge: 'x'.repeat(43), rpId: 'in-1.localhost' }),
    ],
    ['another host', signed(authenticator, { challenge, rpId: 'eu-1.localhost' })],
    ['another key', signed(SoftwareAuthenticator.at(origin))],
  ])('does not hold with %s', async (_, assertion) => {
    expect(await counterOfVerified(assertion, check)).toBeUndefined();
  });

  it('does not hold from another page, nor without a finger or a PIN', async () => {
    const stored = SoftwareAuthenticator.newStored();
    const { publicKey } = SoftwareAuthenticator.publicHalfOf(stored);
    const own = { ...check, publicKey };
    const from = (page: string) => signed(SoftwareAuthenticator.from(stored, page));
    expect(await counterOfVerified(from(origin), own)).toBe(0);
    expect(await counterOfVerified(from('http://eu-1.localhost:8080'), own)).toBeUndefined();
    expect(await counterOfVerified(from('http://in-1.localhost:8081'), own)).toBeUndefined();
    const careless = SoftwareAuthenticator.from(stored, origin, { verifiesUser: false });
    expect(await counterOfVerified(signed(careless), own)).toBeUndefined();
  });

  it('does not hold once any byte of it is changed', async () => {
    const assertion = signed();
    const parts = ['authenticatorData', 'clientDataJson', 'signature'] as const;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...parts), fc.nat(), async (part, at) => {
        const bytes = Buffer.from(assertion[part]);
        const index = at % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index);
        expect(await counterOfVerified({ ...assertion, [part]: bytes }, check)).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  it('does not hold with any byte of its signature changed, be it a tag or a length', async () => {
    const assertion = signed();
    for (const [index, byte] of assertion.signature.entries()) {
      const signature = Buffer.from(assertion.signature);
      signature.writeUInt8(byte ^ 1, index);
      expect(await counterOfVerified({ ...assertion, signature }, check)).toBeUndefined();
    }
  });

  it('is known again, also in the other form of its signature that holds as well', async () => {
    const assertion = signed();
    const other = inOtherForm(assertion);
    expect(other.signature.equals(assertion.signature)).toBe(false);
    expect(await counterOfVerified(other, check)).toBeDefined();
    expect(assertionDigest(other)).toBe(assertionDigest(assertion));
    expect(assertionDigest(signed())).not.toBe(assertionDigest(assertion));
  });
});

describe('a passkey', () => {
  it.each([
    ['for another challenge', { challenge: 'y'.repeat(43), rp: { id: relyingParty.id, name: '' } }],
    ['for another host', { challenge, rp: { id: 'eu-1.localhost', name: '' } }],
  ])('is refused that was made %s', async (_, options) => {
    const credential = SoftwareAuthenticator.at(origin).create(options);
    expect(await newPasskeyFrom(credential, { relyingParty, challenge })).toBeUndefined();
  });

  it('is refused that asked for neither finger nor PIN', async () => {
    const careless = SoftwareAuthenticator.at(origin, { verifiesUser: false });
    const credential = careless.create({ challenge, rp: { id: relyingParty.id, name: '' } });
    expect(await newPasskeyFrom(credential, { relyingParty, challenge })).toBeUndefined();
  });
});

describe('a bound challenge', () => {
  it('differs with each part, and takes no part of two lines', () => {
    const challenges = [
      boundChallenge('a/1', 'b', 'c'),
      ...[
        boundChallenge('a/1', 'c', 'b'),
        boundChallenge('a/2', 'b', 'c'),
        boundChallenge('a/1', 'bc'),
      ],
    ];
    expect(new Set(challenges).size).toBe(4);
    expect(() => boundChallenge('a/1', 'b\nc')).toThrow(RangeError);
  });
});
