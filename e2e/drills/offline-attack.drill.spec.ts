import { readFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { AttackReport } from '@entrepot/attacker';
import { backUpCell, verifyErasures } from '@entrepot/cli';
import { hasLearntNothing } from '@entrepot/drills';
import type { ErasureDemo } from '@entrepot/drills';
import { ErasureDemonstration } from '@entrepot/drills';
import { StackPaths } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { DrillGround } from './drill-ground.ts';

const limitMs = 600_000;
/** What leads back to an erased person is the tombstone, the record with its letters, and the proof that the keys went. */
const tablesOnTheTrail = [
  'mail.sent',
  ...['privacy.erasure_approval', 'privacy.erasure_certificate', 'privacy.erasure_event'],
  ...['privacy.erasure_request', 'privacy.erasure_step', 'privacy.recipient_notice'],
  ...['privacy.subject', 'vault.certificate_signature', 'vault.erasure_ledger', 'vault.fence'],
  ...['vault.erasure_evidence', 'vault.request_key', 'vault.subject_key'],
];

/**
 * Whether an instant that two rows share leads away from the record: one run of the worker brings on two
 * requests. What is the same by chance is so once.
 */
const leadsOut = (pair: string): boolean =>
  pair
    .split(' = ')
    .some((column) => !tablesOnTheTrail.some((table) => column.startsWith(`${table}.`)));

describe('Everything on the disks of a cell, and every login at its KMS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-attack-'));
  let ground: DrillGround;
  let demo: ErasureDemo;

  beforeAll(async () => {
    ground = new DrillGround();
    const { node, description, home: cell, officers } = ground;
    const paths = new StackPaths();
    // somebody else with an order is erased too: what happens at each erasure is seen twice
    const other = ground.newPerson();
    await other.live(await ground.article());
    await officers.until((await officers.decide(other.accountId)).id, 'verified_unreadable');
    demo = await new ErasureDemonstration({
      ...{ node, description, cell, folder },
      tell: (line) => process.stderr.write(`${line}\n`),
      verify: () => 'checked elsewhere',
      backUp: (to) => backUpCell(paths, cell, { to, tell: () => undefined }),
      giveEvidence: async (backup) => {
        await verifyErasures({ paths, cell, backup, tell: () => undefined });
      },
    }).run();
  }, limitMs);
  afterAll(async () => {
    await ground.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const reportOf = (take: string) =>
    JSON.parse(readFileSync(join(folder, `attack-${take}.json`), 'utf8')) as AttackReport;
  const peopleIn = ({ stores }: AttackReport) =>
    new Set(stores.flatMap(({ opened }) => opened.map(({ subject }) => subject)));

  it('T25 opens a person who is a customer, out of rows, files and logs of the databases', () => {
    const { read, guessed } = demo.shopper.before;
    expect(Object.keys(read).toSorted()).toEqual(
      ['city', 'email', 'fullName', 'line1', 'line2', 'recipient'].toSorted(),
    );
    expect(read['email']).toEqual(
      expect.arrayContaining(['before: shop rows', 'before: shop WAL', 'before: shop-standby WAL']),
    );
    expect(guessed).toEqual(expect.arrayContaining(['login digest in before: vault rows']));
  });

  it('T25 opens nothing of the person once the keys wait for their end but what is kept on purpose', () => {
    const { requestId, unusable, statutory } = demo.shopper;
    expect(unusable).toMatchObject({ read: {}, guessed: [] });
    const [invoice] = statutory;
    expect(statutory).toHaveLength(1);
    const onInvoice = (text: string, member: string) => ({
      ...{ text, field: `invoices.invoice.content ${member}`, under: invoice?.cohort },
    });
    expect(unusable.kept).toEqual([
      onInvoice('city', 'buyerAddress'),
      // to whom the last letter of the request goes
      { text: 'email', field: 'privacy.request_contact.sealed email', under: requestId },
      onInvoice('line1', 'buyerAddress'),
      onInvoice('line2', 'buyerAddress'),
      onInvoice('recipient', 'buyerName'),
    ]);
    const { logins, keys } = reportOf('unusable');
    expect(keys.triedWithEveryKey).toBeGreaterThan(0);
    for (const { name, given } of logins) {
      if (!['api', 'worker', 'administrator'].includes(name)) expect(given).toBe(0);
    }
  });

  it('T25 opens nothing of the person when no key is left, and others as before', () => {
    expect(hasLearntNothing(demo.shopper.after)).toBe(true);
    expect(peopleIn(reportOf('after')).size).toBeGreaterThan(1);
  });

  it('T25 reads to the end what the plan says that a law keeps, and nothing else', () => {
    const { unusable, after, statutory, requestId } = demo.shopper;
    expect(after.kept).toEqual(unusable.kept.filter(({ under }) => under !== requestId));
    expect(new Set(after.kept.map(({ under }) => under))).toEqual(
      new Set(statutory.map(({ cohort }) => cohort)),
    );
    expect(demo.holds).toBe(true);
  });

  it('T25 opens who got a gift for as long as they are not erased themselves, and then no more', () => {
    const { before, unusable, after, statutory } = demo.recipient;
    const typed = ['city', 'line1', 'line2', 'message', 'recipient'];
    expect(Object.keys(before.read).toSorted()).toEqual(typed);
    expect(Object.keys(unusable.read).toSorted()).toEqual(typed);
    expect(after).toEqual({ read: {}, guessed: [], kept: [] });
    expect(statutory).toEqual([]);
  });

  it('T25 cannot tell that two orders of nobody were of one person', () => {
    expect(reportOf('after').siblings.filter(({ take }) => take === 'after')).toEqual([]);
  });

  it('T25 finds no row and no instant that leads from the erased person to an order', () => {
    const trails = reportOf('after').trails.filter(({ take }) => take === 'after');
    expect(trails.length).toBeGreaterThan(0);
    for (const { tables } of trails) {
      expect(tables.filter((table) => !tablesOnTheTrail.includes(table))).toEqual([]);
    }
    const leadingOut = trails.flatMap(({ sameInstants }) => sameInstants.filter(leadsOut));
    const met = Map.groupBy(leadingOut, (pair) => pair);
    expect([...met].filter(([, times]) => times.length > 1).map(([pair]) => pair)).toEqual([]);
  });
});
