import { describe, expect, it } from '@jest/globals';
import type { CountryCode } from '@entrepot/kernel';
import type { CarriedAddress } from '../src/domain/relocation-content.ts';
import { MoveInMemory } from './in-memory-relocation.ts';

const [germany, france, india, britain] = ['DE', 'FR', 'IN', 'GB'] as CountryCode[];
const password = 'correct horse battery staple';
const inHamburg: CarriedAddress = {
  ...{ recipient: 'Asha Rao', line1: '1 Hafenweg', city: 'Hamburg', postalCode: '20095' },
  country: 'DE',
};

const begun = (move: MoveInMemory, country = germany) =>
  move.begin.execute(move.presence, country as CountryCode);
const arrive = (move: MoveInMemory, packet: string, residence = germany) =>
  move.takeIn.execute({ packet, password, residence: residence as CountryCode });

describe('A move', () => {
  it('ends with an account there and an erasure here', async () => {
    const move = await MoveInMemory.open();
    move.kept.push(inHamburg, { ...inHamburg, country: 'IN' });
    const { departure, packet } = await begun(move);
    const { account, receipt } = await arrive(move, packet);
    expect(account).toMatchObject({ email: move.email, residence: 'DE' });
    expect(move.book).toEqual([inHamburg]);
    const ended = await move.complete.execute(departure.id, move.presence, receipt);
    const [erasureRequest] = move.forgotten.asked;
    expect(ended.departure).toMatchObject({ status: 'completed', erasureRequest });
  });

  it('starts one erasure however often the receipt comes', async () => {
    const move = await MoveInMemory.open();
    const { departure, packet } = await begun(move);
    const { receipt } = await arrive(move, packet);
    const first = await move.complete.execute(departure.id, move.presence, receipt);
    const again = await move.complete.execute(departure.id, move.presence, receipt);
    expect(again.departure).toEqual(first.departure);
    expect(move.forgotten.asked).toHaveLength(1);
  });

  it.each([
    [india, 'RELOCATION_AT_HOME'],
    [britain, 'COUNTRY_NOT_SERVED'],
  ])('to %s is refused', async (country, code) => {
    const move = await MoveInMemory.open();
    await expect(begun(move, country)).rejects.toMatchObject({ code });
    expect(move.departures.rows.size).toBe(0);
  });

  it('is voided by the next one: the receipt of the first is worth nothing', async () => {
    const move = await MoveInMemory.open();
    const first = await begun(move);
    const { receipt } = await arrive(move, first.packet);
    await begun(move);
    await expect(
      move.complete.execute(first.departure.id, move.presence, receipt),
    ).rejects.toMatchObject({ code: 'RELOCATION_NOT_OPEN' });
    expect(move.forgotten.asked).toEqual([]);
  });

  it('is not ended by the receipt of another one', async () => {
    const move = await MoveInMemory.open();
    const first = await begun(move);
    const { receipt } = await arrive(move, first.packet);
    const second = await begun(move);
    await expect(
      move.complete.execute(second.departure.id, move.presence, receipt),
    ).rejects.toMatchObject({ code: 'RELOCATION_RECEIPT_INVALID' });
  });

  it('of somebody else is not there', async () => {
    const move = await MoveInMemory.open();
    const { departure, packet } = await begun(move);
    const { receipt } = await arrive(move, packet);
    const other = { ...move.presence, subject: 'sub_in-1_y' as typeof move.presence.subject };
    await expect(move.complete.execute(departure.id, other, receipt)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('A move that is withdrawn', () => {
  it('is ended by no receipt: the account stays, whether there is another one at the new home or not', async () => {
    const move = await MoveInMemory.open();
    const { departure, packet } = await begun(move);
    const { receipt } = await arrive(move, packet);
    const { subject } = move.presence;
    const withdrawn = await move.withdraw.execute(departure.id, subject);
    expect(withdrawn).toMatchObject({ id: departure.id, status: 'withdrawn' });
    expect(await move.withdraw.execute(departure.id, subject)).toEqual(withdrawn);
    await expect(move.complete.execute(departure.id, move.presence, receipt)).rejects.toMatchObject(
      { code: 'RELOCATION_NOT_OPEN' },
    );
    expect(move.forgotten.asked).toEqual([]);
    const next = await begun(move);
    const known = await arrive(move, next.packet);
    await move.complete.execute(next.departure.id, move.presence, known.receipt);
    expect(move.forgotten.asked).toHaveLength(1);
  });

  it('is refused while the account is being forgotten, as by a completion that died half-way', async () => {
    const move = await MoveInMemory.open();
    const { departure } = await begun(move);
    await move.forgotten.forget();
    const { subject } = move.presence;
    await expect(move.withdraw.execute(departure.id, subject)).rejects.toMatchObject({
      code: 'ERASURE_OPEN',
    });
    expect(move.departures.rows.get(departure.id)?.status).toBe('issued');
    move.forgotten.open.clear();
    expect((await move.withdraw.execute(departure.id, subject)).status).toBe('withdrawn');
  });

  it('leaves no erasure behind that a completion at the same moment began, and none touched that was there', async () => {
    const move = await MoveInMemory.open();
    const { departure, packet } = await begun(move);
    const { receipt } = await arrive(move, packet);
    const { forgotten, presence } = move;
    forgotten.meanwhile = () => move.departures.withdraw(departure.id);
    const complete = (id: typeof departure.id, of: string) =>
      expect(move.complete.execute(id, presence, of)).rejects.toMatchObject({
        code: 'RELOCATION_NOT_OPEN',
      });
    await complete(departure.id, receipt);
    expect(forgotten.asked).toHaveLength(1);
    expect(forgotten.open.size).toBe(0);
    const next = await begun(move);
    const known = await arrive(move, next.packet);
    forgotten.meanwhile = () => Promise.resolve();
    await forgotten.forget();
    forgotten.meanwhile = () => move.departures.withdraw(next.departure.id);
    await complete(next.departure.id, known.receipt);
    expect(forgotten.open.size).toBe(1);
  });

  it('was open, and of the person who withdraws it', async () => {
    const move = await MoveInMemory.open();
    const { subject } = move.presence;
    const first = await begun(move);
    const stranger = 'sub_in-1_y' as typeof subject;
    await expect(move.withdraw.execute(first.departure.id, stranger)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const second = await begun(move);
    const { receipt } = await arrive(move, second.packet);
    await move.complete.execute(second.departure.id, move.presence, receipt);
    for (const { departure } of [first, second]) {
      await expect(move.withdraw.execute(departure.id, subject)).rejects.toMatchObject({
        code: 'RELOCATION_NOT_OPEN',
      });
    }
  });

  it('leaves a packet that is good there until it is spent there, which makes no account', async () => {
    const move = await MoveInMemory.open();
    const { departure, packet } = await begun(move);
    await move.withdraw.execute(departure.id, move.presence.subject);
    expect(await move.spend.execute(packet)).toBe(departure.id);
    const used = { code: 'RELOCATION_PACKET_USED' };
    await expect(arrive(move, packet)).rejects.toMatchObject(used);
    await expect(move.spend.execute(packet)).rejects.toMatchObject(used);
    expect(move.accounts.size).toBe(0);
  });

  it('has a packet that cannot be spent once somebody was taken in with it', async () => {
    const move = await MoveInMemory.open();
    const { packet } = await begun(move);
    await arrive(move, packet);
    await expect(move.spend.execute(packet)).rejects.toMatchObject({
      code: 'RELOCATION_PACKET_USED',
    });
  });
});

describe('A packet at the new home', () => {
  it('is used once', async () => {
    const move = await MoveInMemory.open();
    const { packet } = await begun(move);
    await arrive(move, packet);
    await expect(arrive(move, packet)).rejects.toMatchObject({ code: 'RELOCATION_PACKET_USED' });
    expect(move.accounts.size).toBe(1);
  });

  it('is not used up by a refusal', async () => {
    const move = await MoveInMemory.open();
    const { packet } = await begun(move);
    await expect(arrive(move, packet, france)).rejects.toMatchObject({ code: 'RESIDENCE_DIFFERS' });
    const account = (await arrive(move, (await begun(move)).packet)).account;
    move.accounts.set(move.email, { password: 'another one', account });
    await expect(arrive(move, packet)).rejects.toMatchObject({ code: 'ACCOUNT_EXISTS' });
    move.accounts.clear();
    await expect(arrive(move, packet)).resolves.toMatchObject({ account: { residence: 'DE' } });
  });

  it('gives no receipt to somebody who is being forgotten there: both accounts would end', async () => {
    const move = await MoveInMemory.open();
    const { packet } = await begun(move);
    for (const status of ['received', 'assessed', 'cooling_off', 'fenced'] as const) {
      move.leaving = status;
      await expect(arrive(move, packet)).rejects.toMatchObject({ code: 'ERASURE_OPEN' });
    }
    move.leaving = 'identity_pending';
    await expect(arrive(move, packet)).resolves.toHaveProperty('receipt');
  });

  it('that met a fault half way goes on from there, with no address twice', async () => {
    const move = await MoveInMemory.open();
    const inBerlin = { ...inHamburg, city: 'Berlin' };
    move.kept.push(inHamburg, inBerlin, { ...inHamburg });
    const { packet } = await begun(move);
    move.fault = new Error('the database is away');
    await expect(arrive(move, packet)).rejects.toThrow('the database is away');
    move.book.push(inHamburg);
    const { account } = await arrive(move, packet);
    expect(account).toEqual(move.accounts.get(move.email)?.account);
    expect(move.book).toEqual([inHamburg, inBerlin]);
  });

  it('with an address of a country that the cell does not serve is refused before anything is stored', async () => {
    const move = await MoveInMemory.open();
    const content = {
      account: { email: move.email, fullName: 'Asha Rao', language: 'en' },
      ...{ residence: 'DE', addresses: [{ ...inHamburg, country: 'IN' }] },
    };
    const packet = await move.homes.old.packets.write(move.homes.facts(), content);
    await expect(arrive(move, packet)).rejects.toMatchObject({
      code: 'DELIVERY_COUNTRY_NOT_SERVED',
    });
    expect(move.accounts.size).toBe(0);
    expect(move.arrivals.marks.size).toBe(0);
  });
});
