import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import { generateKeyPair, SignJWT } from 'jose';
import { tokenKinds } from '../domain/token-kinds.ts';
import type { TokenKind } from '../domain/token-kinds.ts';
import { twoCells } from '../testing/two-cells.ts';
import type { TwoCells } from '../testing/two-cells.ts';
import { JoseTokenReader, JoseTokenSigner } from './jose-tokens.ts';

class SetClock extends Clock {
  at = new Date('2026-03-01T12:00:00Z');

  override now(): Date {
    return this.at;
  }
}

const kinds = Object.keys(tokenKinds) as TokenKind[];
const refused = { code: 'UNAUTHENTICATED' };
let cells: TwoCells;
let clock: SetClock;
let reader: JoseTokenReader;

beforeAll(async () => {
  cells = await twoCells();
});
beforeEach(() => {
  clock = new SetClock();
  reader = new JoseTokenReader(cells.home, clock, cells.directory);
});

const keyOf = (cell: CellId) => {
  const key = cells.keys.get(cell);
  if (key === undefined) throw new Error(`no key of ${cell}`);
  return key;
};
const sign = async (kind: TokenKind, cell = cells.home) =>
  (await new JoseTokenSigner(cell, clock, keyOf(cell)).sign(kind, 'handle')).token;

/** A token that differs from a good shopper token of the home cell in what is given. */
async function craft(change: {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly key?: Parameters<SignJWT['sign']>[0];
}): Promise<string> {
  const { kid, key } = keyOf(cells.home);
  const issuedAt = clock.now().getTime() / 1000;
  const claims = {
    iss: cells.home,
    aud: [cells.home, 'shopper'],
    sid: 'handle',
    iat: issuedAt,
    exp: issuedAt + 300,
    ...change.claims,
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid, typ: 'shopper+jwt', ...change.header })
    .sign(change.key ?? key);
}
const unsigned = (header: object, claims: object) =>
  [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');

describe('a token of one kind', () => {
  const pairs = kinds.flatMap((signed) => kinds.map((asked) => ({ signed, asked })));

  it.each(pairs)('$signed, where $asked is asked for', async ({ signed, asked }) => {
    const reading = reader.read(await sign(signed), [asked]);
    if (signed === asked)
      await expect(reading).resolves.toEqual({ kind: signed, handle: 'handle' });
    else await expect(reading).rejects.toMatchObject(refused);
  });

  const mixed = pairs.filter(({ signed, asked }) => signed !== asked);
  it.each(mixed)('the type of $signed with the audience of $asked', async ({ signed, asked }) => {
    const token = await craft({
      header: { typ: tokenKinds[signed].typ },
      claims: { aud: [cells.home, tokenKinds[asked].audience] },
    });
    await expect(reader.read(token, [signed])).rejects.toMatchObject(refused);
    await expect(reader.read(token, [asked])).rejects.toMatchObject(refused);
  });
});

describe('a token of this cell', () => {
  it('is good as it is crafted here, so that the refusals below have their stated reason', async () => {
    await expect(reader.read(await craft({}), ['shopper'])).resolves.toBeDefined();
  });

  it('names no subject: cell, audience, times and a random handle are all', async () => {
    const [, payload = ''] = (await sign('shopper')).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'sid']);
  });

  it.each(kinds)('expires: %s', async (kind) => {
    const token = await sign(kind);
    clock.at = new Date(clock.at.getTime() + (tokenKinds[kind].lifetimeSeconds + 6) * 1000);
    await expect(reader.read(token, [kind])).rejects.toMatchObject(refused);
  });

  it('is refused when it claims a longer life than its kind has', async () => {
    const issuedAt = clock.at.getTime() / 1000;
    const token = await craft({ claims: { exp: issuedAt + 86_400 } });
    clock.at = new Date(clock.at.getTime() + 306_000);
    await expect(reader.read(token, ['shopper'])).rejects.toMatchObject(refused);
  });

  it.each([
    ['an unknown key id', { header: { kid: 'nobody' } }],
    ["another cell's key id", { header: { kid: 'eu-1-token-1' } }],
    ['the plain type JWT', { header: { typ: 'JWT' } }],
    ['an unknown issuer', { claims: { iss: 'xx-9' } }],
    ['an issuer that is no cell', { claims: { iss: 'https://in-1.example' } }],
    ['one audience only', { claims: { aud: 'in-1' } }],
    ['the audience of another cell', { claims: { aud: ['eu-1', 'shopper'] } }],
    ['all audiences at once', { claims: { aud: ['in-1', 'shopper', 'staff'] } }],
    ['no handle', { claims: { sid: undefined } }],
    ['a handle that is none', { claims: { sid: { admin: true } } }],
    ['no expiry', { claims: { exp: undefined } }],
    ['an issue in the future', { claims: { iat: Date.parse('2026-03-01T13:00:00Z') / 1000 } }],
  ])('is refused with %s', async (_, change) => {
    await expect(reader.read(await craft(change), ['shopper'])).rejects.toMatchObject(refused);
  });

  it('is refused when another key signed it under the right key id', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    await expect(reader.read(await craft({ key: privateKey }), ['shopper'])).rejects.toMatchObject(
      refused,
    );
    await expect(
      reader.read(await craft({ key: keyOf(cells.other).key }), ['shopper']),
    ).rejects.toMatchObject(refused);
  });

  it('is refused when any part of it was changed', async () => {
    const parts = (await sign('shopper')).split('.');
    for (const at of [0, 1, 2]) {
      const bytes = Buffer.from(parts[at] ?? '', 'base64url');
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 3) ^ 1, bytes.length - 3);
      const changed = parts.with(at, bytes.toString('base64url')).join('.');
      await expect(reader.read(changed, ['shopper'])).rejects.toMatchObject(refused);
    }
  });

  it('is refused without a signature, whatever algorithm it names', async () => {
    const { kid } = keyOf(cells.home);
    const issuedAt = clock.now().getTime() / 1000;
    const claims = { iss: 'in-1', aud: ['in-1', 'shopper'], sid: 'h', iat: issuedAt };
    for (const alg of ['none', 'ES256', 'HS256']) {
      const body = unsigned({ alg, kid, typ: 'shopper+jwt' }, { ...claims, exp: issuedAt + 60 });
      for (const token of [`${body}.`, body, `${body}.AAAA`]) {
        await expect(reader.read(token, ['shopper'])).rejects.toMatchObject(refused);
      }
    }
  });

  it('is refused when the public key served as an HMAC secret', async () => {
    const { kid, x } = cells.directory.get(cells.home).tokenKeys[0] ?? {};
    for (const secret of [JSON.stringify({ kid, x }), x ?? '']) {
      const token = await craft({
        header: { alg: 'HS256' },
        key: Buffer.from(secret.padEnd(32, '=')),
      });
      await expect(reader.read(token, ['shopper'])).rejects.toMatchObject(refused);
    }
  });

  it.each(['', 'a', 'a.b', 'a.b.c', '....', 'e30.e30.e30'])('is not %p', async (text) => {
    await expect(reader.read(text, ['shopper'])).rejects.toMatchObject(refused);
  });
});

describe('a token of another cell', () => {
  it.each(kinds)('tells where home is and nothing else: %s', async (kind) => {
    const { origin } = cells.directory.get(cells.other);
    await expect(reader.read(await sign(kind, cells.other), [kind])).rejects.toMatchObject({
      code: 'HOME_CELL_ELSEWHERE',
      details: { home: { cell: cells.other, origin } },
    });
  });

  it('is refused when it has expired or was signed by this cell in its name', async () => {
    const expired = await sign('shopper', cells.other);
    const { kid, key } = keyOf(cells.home);
    const forged = await craft({
      header: { kid },
      claims: { iss: cells.other, aud: [cells.other, 'shopper'] },
      key,
    });
    await expect(reader.read(forged, ['shopper'])).rejects.toMatchObject(refused);
    clock.at = new Date(clock.at.getTime() + 400_000);
    await expect(reader.read(expired, ['shopper'])).rejects.toMatchObject(refused);
  });
});
