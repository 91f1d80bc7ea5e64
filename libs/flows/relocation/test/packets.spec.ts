import { describe, expect, it } from '@jest/globals';
import { packetCharactersMax } from '@entrepot/contracts/api/relocation';
import type { CellId, CountryCode, DomainError } from '@entrepot/kernel';
import fc from 'fast-check';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { packetLifetimeMs } from '../src/domain/relocation.ts';
import { contentOf } from '../src/domain/relocation-content.ts';
import type { RelocationContent } from '../src/domain/relocation-content.ts';
import { TwoHomes } from './two-homes.ts';

const content: RelocationContent = {
  account: { email: 'asha@people.example', fullName: 'Asha Rao', language: 'en' },
  residence: 'DE',
  addresses: [
    {
      ...{ recipient: 'Asha Rao', line1: '1 Hafen', city: 'Hamburg', postalCode: '20095' },
      country: 'DE',
    },
  ],
};

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    const { code, message } = error as DomainError;
    // an error is logged, and what was opened is somebody's
    expect(message).not.toMatch(/asha|hafen/i);
    return code;
  }
  return 'taken';
}

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Differs in the first of its six bits: the last ones of a last character mean nothing. */
const otherThan = (character: string): string =>
  base64url.charAt(Math.max(base64url.indexOf(character), 0) ^ 32);

const openAt = async (packets: TwoHomes['new']['packets'], packet: string) =>
  packets.open(await packets.read(packet));

describe('A relocation packet', () => {
  it('is opened by the new home as the old one closed it', async () => {
    const homes = await TwoHomes.open();
    const facts = homes.facts();
    const packet = await homes.old.packets.write(facts, content);
    const read = await homes.new.packets.read(packet);
    expect(read).toMatchObject({ id: facts.id, from: facts.from, to: facts.to });
    expect(await homes.new.packets.open(read)).toEqual(content);
  });

  it('says in the clear between whom, until when and under which random id, and not a word more', async () => {
    const homes = await TwoHomes.open();
    const facts = homes.facts();
    const [signed = '', sealed = ''] = (await homes.old.packets.write(facts, content)).split('~');
    const claims = decodeJwt(signed);
    expect(Object.keys(claims).toSorted()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sealed']);
    expect(claims).toMatchObject({ iss: facts.from, aud: facts.to, jti: facts.id });
    const header = decodeProtectedHeader(sealed);
    expect(Object.keys(header).toSorted()).toEqual([
      ...['alg', 'aud', 'enc', 'epk', 'iss', 'jti', 'kid'],
    ]);
  });

  it('hides every value that was put into it', async () => {
    const homes = await TwoHomes.open();
    const value = fc.stringMatching(/^[A-Za-z]{10,30}$/);
    await fc.assert(
      fc.asyncProperty(value, value, async (fullName, line1) => {
        const [address] = content.addresses;
        const packet = await homes.old.packets.write(homes.facts(), {
          ...{ ...content, account: { ...content.account, fullName } },
          addresses: address === undefined ? [] : [{ ...address, line1 }],
        });
        const inTheClear = packet
          .split(/[.~]/)
          .map((part) => Buffer.from(part, 'base64url').toString('latin1'));
        for (const text of [packet, ...inTheClear]) {
          for (const hidden of [fullName, line1, 'asha@people.example']) {
            expect(text).not.toContain(hidden);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('of the largest account there can be is within the limit', async () => {
    const homes = await TwoHomes.open();
    // three bytes of UTF-8 for each of the characters that a field may have
    const widest = (characters: number) => '\u0950'.repeat(characters);
    const address = {
      ...{ recipient: widest(120), line1: widest(120), line2: widest(120), city: widest(80) },
      ...{ subdivision: widest(80), postalCode: widest(16), country: 'DE' },
    };
    const largest = contentOf({
      account: { email: widest(254), fullName: widest(120), language: 'en' },
      addresses: Array.from({ length: 20 }, () => address),
      ...{ residence: 'DE' as CountryCode, countries: ['DE' as CountryCode] },
    });
    const packet = await homes.old.packets.write(homes.facts(), largest);
    expect(packet.length).toBeLessThanOrEqual(packetCharactersMax);
  });

  it('is refused wherever one character of it is another', async () => {
    const homes = await TwoHomes.open();
    const packet = await homes.old.packets.write(homes.facts(), content);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: packet.length - 1 }), async (at) => {
        const tampered = packet.slice(0, at) + otherThan(packet.charAt(at)) + packet.slice(at + 1);
        const code = await codeOf(openAt(homes.new.packets, tampered));
        expect(code).toMatch(/^RELOCATION_(PACKET_(MALFORMED|FORGED)|ORIGIN_UNKNOWN)$/);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['', 'of nothing'],
    ['hello', 'that is a word'],
    ['a.b.c~d.e.f.g.h', 'whose parts say nothing'],
  ])('is malformed: %j', async (packet) => {
    const homes = await TwoHomes.open();
    expect(await codeOf(homes.new.packets.read(packet))).toBe('RELOCATION_PACKET_MALFORMED');
  });

  it('with a third part is malformed', async () => {
    const homes = await TwoHomes.open();
    const packet = await homes.old.packets.write(homes.facts(), content);
    expect(await codeOf(homes.new.packets.read(`${packet}~x`))).toBe('RELOCATION_PACKET_MALFORMED');
  });

  it('from a cell that nobody pinned is refused by its origin', async () => {
    const homes = await TwoHomes.open();
    const { other } = homes.cells;
    const stranger = homes.home('in-9' as CellId, homes.signingKeyOf(homes.cells.home));
    const signed = await stranger.signatures.sign(
      { typ: 'relocation-packet+jwt', lifetimeMs: packetLifetimeMs },
      { ...homes.facts(), audience: other },
      { sealed: 'x' },
    );
    const read = homes.new.packets.read(`${signed}~a.b.c.d.e`);
    expect(await codeOf(read)).toBe('RELOCATION_ORIGIN_UNKNOWN');
  });

  it('that one cell signs in the name of another is forged', async () => {
    const homes = await TwoHomes.open();
    const { home, other } = homes.cells;
    const posing = homes.home(home, homes.signingKeyOf(other));
    const packet = await posing.packets.write(homes.facts(), content);
    expect(await codeOf(homes.new.packets.read(packet))).toBe('RELOCATION_PACKET_FORGED');
  });

  it('brought to where it does not go is for elsewhere, its own issuer included', async () => {
    const homes = await TwoHomes.open();
    const packet = await homes.old.packets.write(homes.facts(), content);
    expect(await codeOf(homes.old.packets.read(packet))).toBe('RELOCATION_PACKET_ELSEWHERE');
  });

  it('is taken for half an hour, and no longer than that whatever its issuer says', async () => {
    const homes = await TwoHomes.open();
    const issuedAt = homes.clock.now();
    const expiresAt = new Date(issuedAt.getTime() + 365 * 86_400_000);
    const [packet, endless] = [
      await homes.old.packets.write(homes.facts(), content),
      await homes.old.packets.write(homes.facts({ expiresAt }), content),
    ];
    homes.clock.move(packetLifetimeMs - 1000);
    expect(await codeOf(homes.new.packets.read(packet))).toBe('taken');
    homes.clock.move(61_000);
    expect(await codeOf(homes.new.packets.read(packet))).toBe('RELOCATION_PACKET_EXPIRED');
    expect(await codeOf(homes.new.packets.read(endless))).toBe('RELOCATION_PACKET_EXPIRED');
  });

  it('whose halves come from two packets is forged, whichever cell signs them together', async () => {
    const homes = await TwoHomes.open();
    const one = await homes.old.packets.write(homes.facts(), content);
    const other = await homes.old.packets.write(homes.facts(), content);
    const mixed = `${one.split('~')[0] ?? ''}~${other.split('~')[1] ?? ''}`;
    expect(await codeOf(homes.new.packets.read(mixed))).toBe('RELOCATION_PACKET_FORGED');

    // the same cell takes what it sealed under one id and signs it under another
    const read = await homes.new.packets.read(one);
    const resigned = { ...read, id: homes.facts().id };
    expect(await codeOf(homes.new.packets.open(resigned))).toBe('RELOCATION_PACKET_FORGED');
    const stolen = { ...read, from: 'eu-1' as CellId };
    expect(await codeOf(homes.new.packets.open(stolen))).toBe('RELOCATION_PACKET_FORGED');
  });

  it('in which the old home put more than the list has is forged', async () => {
    const homes = await TwoHomes.open();
    const granting = { ...content, roles: ['operator'], storeCredit: 100 };
    const packet = await homes.old.packets.write(homes.facts(), granting);
    expect(await codeOf(openAt(homes.new.packets, packet))).toBe('RELOCATION_PACKET_FORGED');
  });

  it('is not made for a cell that has published no key', async () => {
    const homes = await TwoHomes.open();
    const to = 'eu-7' as CellId;
    const written = homes.old.packets.write(homes.facts({ to }), content);
    expect(await codeOf(written)).toBe('RELOCATION_CLOSED');
  });
});

describe('A receipt', () => {
  it('says which relocation, and nothing about whom', async () => {
    const homes = await TwoHomes.open();
    const { id, from, to } = homes.facts();
    const receipt = await homes.new.receipts.write({ id, from, to });
    expect(Object.keys(decodeJwt(receipt)).toSorted()).toEqual([
      ...['aud', 'exp', 'iat', 'iss', 'jti'],
    ]);
    expect(await homes.old.receipts.read(receipt)).toEqual({ id, from, to });
  });

  it('is refused where it is a packet, forged, or for another cell, and when its time is over', async () => {
    const homes = await TwoHomes.open();
    const facts = homes.facts();
    const receipt = await homes.new.receipts.write(facts);
    const forged = await homes
      .home(homes.cells.other, homes.signingKeyOf(homes.cells.home))
      .receipts.write(facts);
    const packet = await homes.old.packets.write(facts, content);
    for (const [home, text] of [
      ['old', forged],
      ['old', packet],
      ['old', packet.split('~')[0] ?? ''],
      ['old', 'hello'],
      ['new', receipt],
    ] as const) {
      expect(await codeOf(homes[home].receipts.read(text))).toBe('RELOCATION_RECEIPT_INVALID');
    }
    homes.clock.move(7 * 86_400_000 + 31_000);
    expect(await codeOf(homes.old.receipts.read(receipt))).toBe('RELOCATION_RECEIPT_EXPIRED');
  });
});
