import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordLink } from '@entrepot/cli';
import { nodeFetch } from '@entrepot/client/node';
import { CanaryShopper, PrivacyOfficers } from '@entrepot/drills';
import { loadRegions } from '@entrepot/guards';
import type { EgressHost } from '@entrepot/platform-egress';
import { Egress, EgressList } from '@entrepot/platform-egress';
import { heldAgainst, processesOf, saidIn } from '@entrepot/residency';
import type { RecordedChunk } from '@entrepot/stack';
import { StackPaths } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ShopFloor } from '../src/shop-floor.ts';

const limitMs = 180_000;
const letterTimeoutMs = 30_000;
const pollMs = 200;

/** The links by which a cell says something of people, and the setting that leads over each. */
const links = {
  payments: { purpose: 'payments', setting: 'ENTREPOT_PSP_BASE_URL' },
  letters: { purpose: 'mail', setting: 'ENTREPOT_MAIL_SMTP_URL' },
  'mail-erasure': { purpose: 'mail', setting: 'ENTREPOT_MAIL_ERASURE_URL' },
} as const;
type LinkName = keyof typeof links;
const linkNames = Object.keys(links) as LinkName[];

describe('T35 the bytes that leave a running cell', () => {
  const node = nodeFetch();
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-egress-'));
  let floor: ShopFloor;
  const lists = new Map<string, readonly EgressHost[]>();

  beforeAll(async () => {
    floor = new ShopFloor();
    for (const { region, egressHosts } of await loadRegions()) lists.set(region, egressHosts);
  });
  afterAll(async () => {
    await floor.close();
    await node.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const fileOf = (cell: string, link: LinkName): string => join(folder, `${cell}.${link}`);
  const recorded = (cell: string, link: LinkName): RecordedChunk[] =>
    readFileSync(fileOf(cell, link), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RecordedChunk);
  const recordAll = async (cell: string, isOn: boolean): Promise<void> => {
    for (const link of linkNames) {
      await recordLink(`${cell}.${link}`, isOn ? fileOf(cell, link) : undefined);
    }
  };
  const hostOf = (region: string, link: LinkName): EgressHost => {
    const found = lists.get(region)?.find(({ purpose }) => purpose === links[link].purpose);
    if (found === undefined) throw new RangeError(`${region} lists no host for ${link}`);
    return found;
  };

  /** Where the link begins, as the worker of the cell was told. */
  function originOf(cell: string, link: LinkName): string {
    const worker = processesOf(new StackPaths(), cell).find(
      ({ name }) => name === `${cell} worker`,
    );
    const { setting } = links[link];
    const told = new RegExp(`${setting}=([^\\0]+)`).exec(worker?.environment.toString() ?? '')?.[1];
    if (told === undefined) throw new RangeError(`the worker of ${cell} knows no ${setting}`);
    return told;
  }

  async function untilLetterTo(email: string, cell: string): Promise<void> {
    const end = performance.now() + letterTimeoutMs;
    const isThere = () =>
      saidIn(recorded(cell, 'letters')).some(
        ({ place, value }) => place === 'letter to' && value.includes(email),
      );
    for (;;) {
      try {
        if (isThere()) return;
      } catch (error) {
        // nothing is written yet, or half a letter
        const isEarly =
          error instanceof RangeError || (error as { code?: string }).code === 'ENOENT';
        if (!isEarly) throw error;
      }
      if (performance.now() > end) throw new Error('no letter went out');
      await sleep(pollMs);
    }
  }

  it.each([
    { id: 'in-1', warehouse: 'blr', residence: 'IN' },
    { id: 'eu-1', warehouse: 'rtm', residence: 'DE' },
  ])(
    'of $id name a person only where the list of processors says so, and hold nothing beside the list',
    async ({ id, warehouse, residence }) => {
      const home = floor.cell(id);
      const officers = new PrivacyOfficers(node, floor.description, home);
      const person = new CanaryShopper(node, home);
      const sku = await floor.newArticle(10, warehouse);
      await recordAll(id, true);
      const order = await person.live(sku);
      // a code goes to the address of whoever asks without a session
      const asked = await node.fetch(`${home.origin}/v1/erasure-requests`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'entrepot-residence': residence },
        body: JSON.stringify({ orderId: order.id, email: person.text('email') }),
      });
      expect([asked.status, await asked.text()]).toEqual([202, expect.any(String)]);
      await untilLetterTo(person.text('email'), id);
      const { id: request } = await officers.decide(person.accountId);
      await officers.until(request, 'verified_unreadable');
      await recordAll(id, false);

      const { email, ...unsaid } = person.canaries;
      for (const link of linkNames) {
        const said = saidIn(recorded(id, link));
        const found = heldAgainst(hostOf(home.region, link), said, Object.values(person.canaries));
        expect([link, found]).toEqual([link, []]);
        for (const [field, text] of Object.entries(unsaid)) {
          const places = said.filter(({ value }) => value.includes(text)).map(({ place }) => place);
          expect([link, field, places]).toEqual([link, field, []]);
        }
        const ofAddress = said.filter(({ value }) => value.includes(email ?? 'none'));
        expect([link, ofAddress.length > 0]).toEqual([link, link !== 'payments']);
      }
      // the look was no idle one: each kind of thing that the lists are for went by
      const places = linkNames.flatMap((link) =>
        saidIn(recorded(id, link)).map(({ place }) => `${link} ${place}`),
      );
      expect(places).toEqual(
        expect.arrayContaining([
          ...['payments member amount', 'payments member subject_identities[].identity_value'],
          ...['letters command RCPT TO', 'letters letter text'],
          'mail-erasure member subject_identities[].identity_value',
        ]),
      );
    },
    limitMs,
  );

  it('are found out where a field is not on the list', async () => {
    const { region } = floor.cell('in-1');
    await recordLink('in-1.payments', fileOf('in-1', 'payments'));
    const planted = { amount: 1, currency: 'INR', customer: { name: 'Planted Person' } };
    const answer = await node.fetch(`${originOf('in-1', 'payments')}/v1/orders?email=p@x.example`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-shopper': 'Planted Person' },
      body: JSON.stringify(planted),
    });
    await answer.text();
    await recordLink('in-1.payments');
    const said = saidIn(recorded('in-1', 'payments'));
    const found = heldAgainst(hostOf(region, 'payments'), said, ['Planted Person']);
    expect(found).toEqual(
      expect.arrayContaining([
        { place: 'member customer.name', fault: 'UNLISTED' },
        { place: 'header x-shopper', fault: 'UNLISTED' },
        { place: 'query email', fault: 'UNLISTED' },
      ]),
    );
    expect(found.map(({ place }) => place)).not.toContain('member amount');
  });

  it('do not go to a host of another region, by its name or by an address', async () => {
    for (const [region, hosts] of lists) {
      const egress = new Egress(new EgressList({ hosts, isLoopbackAllowed: false }));
      const foreign = [...lists].flatMap(([other, of]) => (other === region ? [] : of));
      const targets = [
        ...foreign.map(({ host }) => host),
        ...['127.0.0.1', '13.234.0.1', '[2406:da1a::1]'],
      ];
      for (const host of targets) {
        const call = { method: 'GET', deadlineMs: 2_000 } as const;
        await expect(egress.request(new URL(`https://${host}/`), call)).rejects.toThrow(
          'HOST_UNLISTED',
        );
      }
      egress.close();
      expect(foreign.length).toBeGreaterThan(0);
    }
  });
});
