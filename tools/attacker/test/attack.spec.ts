import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { attack, BadBundleError, bundleFormat, describeAttack } from '@entrepot/attacker';
import type { AttackReport } from '@entrepot/attacker';

const person = 'sub_eu-1_00000000000000000000000000';
const otherPerson = 'sub_eu-1_00000000000000000000000003';
const order = 'ord_eu-1_00000000000000000000000001';
const officer = 'stf_eu-1_00000000000000000000000002';
const email = 'anna.weber@people.example';

/** Bundles without a vault: nothing here asks a KMS. */
describe('the attacker', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'entrepot-attacker-'));
    put('bundle.json', { format: bundleFormat, cell: 'eu-1', region: 'eu' });
    const kms = { endpoint: 'http://127.0.0.1:1', awsRegion: 'eu-central-1', logins: [], keys: [] };
    put('kms.json', kms);
    put('dictionary.json', { emails: [email], phones: ['+49 30 1234567'] });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function put(file: string, content: unknown): void {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }

  const rows = (cluster: string, table: string, ...content: object[]) =>
    put(
      `takes/now/rows/${cluster}/${table}.jsonl`,
      content.map((row) => `${JSON.stringify(row)}\n`).join(''),
    );
  const guessesOf = ({ guesses }: AttackReport) => guesses.map(({ by, store }) => `${by} ${store}`);

  it('finds nothing where nothing is', async () => {
    rows('shop', 'orders.order', { order_id: order, subject_id: null });
    const report = await attack(folder);
    expect(guessesOf(report)).toEqual([]);
    expect(report.trails).toEqual([]);
    expect(describeAttack(report)).toContain('values of 0 people were read');
  });

  it.each([
    ['as it was typed', `mail to ${email} `],
    ['in lower case, from a log', `ANNA ${email.toLowerCase()}`],
    ['in base64 at the start', Buffer.from(`${email}, and more`).toString('base64')],
    ['in base64 one byte on', Buffer.from(`x${email}, and more`).toString('base64')],
    ['in base64 two bytes on', Buffer.from(`xx${email}, and more`).toString('base64')],
    ['in hexadecimal', Buffer.from(email).toString('hex')],
  ])('finds an address of the dictionary %s', async (_, text) => {
    put('takes/now/bytes/logs/1-api.log', `{"msg":"${text}"}`);
    expect(guessesOf(await attack(folder))).toEqual(['plain text now: logs']);
  });

  it('finds a hash without a key, in whatever column it lies', async () => {
    const hash = createHash('sha256').update(email).digest('hex');
    rows('shop', 'x.y', { subject_id: person, x1: `\\x${hash}` });
    const report = await attack(folder);
    expect(report.guesses).toMatchObject([{ by: 'plain hash', subject: person, word: email }]);
  });

  it('follows ids from whoever is fenced, but not over an officer who met many', async () => {
    rows('vault', 'vault.fence', {
      subject_id: person,
      fenced_at: '2026-11-28T10:00:00.000+00:00',
    });
    const officers = { requested_by: officer, requested_by_person: otherPerson };
    rows('shop', 'privacy.erasure_request', { subject_id: person, ...officers });
    rows('shop', 'privacy.other_request', officers);
    rows('shop', 'identity.staff', { staff_id: officer, subject_id: otherPerson });
    rows('shop', 'orders.order', { subject_id: person, order_id: order });
    rows('shop', 'payments.payment', { order_id: order });
    expect((await attack(folder)).trails).toMatchObject([
      {
        subject: person,
        tables: ['orders.order', 'payments.payment', 'privacy.erasure_request', 'vault.fence'],
      },
    ]);
  });

  it('tells two orders of nobody as one person’s by an id that leads from one to the other', async () => {
    const next = order.replace(/.$/, '7');
    const nobodys = [order, next].map((id) => ({ subject_id: null, order_id: id }));
    rows('shop', 'orders.order', ...nobodys);
    rows('shop', 'carts.cart', { cart_id: 'crt_in-1_00000000000000000000000001', order_id: order });
    expect((await attack(folder)).siblings).toEqual([]);
    rows('shop', 'x.y', { of: ['crt_in-1_00000000000000000000000001', next] });
    expect((await attack(folder)).siblings).toEqual([{ take: 'now', orders: [order, next] }]);
  });

  it('follows an id that a reference begins with', async () => {
    rows('vault', 'vault.fence', { subject_id: person, request_id: order });
    rows('shop', 'mail.sent', { reference: `${order}.done` });
    rows('shop', 'mail.other', { reference: `${order}7` });
    const [trail] = (await attack(folder)).trails;
    expect(trail?.tables).toEqual(['mail.sent', 'vault.fence']);
  });

  it('joins rows that no id joins by the instant at which both were written', async () => {
    const at = '2026-11-28T10:00:00.123+00:00';
    rows('vault', 'vault.fence', { subject_id: person, fenced_at: at });
    rows('shop', 'orders.order', { order_id: order, settled_at: at });
    rows('shop', 'orders.other', { order_id: order, settled_at: '2026-11-28T10:00:00.124+00:00' });
    const [trail] = (await attack(folder)).trails;
    expect(trail?.sameInstants).toEqual(['vault.fence.fenced_at = orders.order.settled_at']);
  });

  it('makes nothing of the end that the law gives all requests of a day, and says every other instant', async () => {
    const [end, later] = ['2026-12-28T18:29:59.999+00:00', '2027-02-28T18:29:59.999+00:00'];
    const noEnd = '2026-12-28T10:00:00.123+00:00';
    const requestsAt = async (due_at: string, others: object) => {
      const own = { subject_id: person, due_at, extended_to: later };
      rows('vault', 'vault.fence', { subject_id: person });
      rows('shop', 'privacy.erasure_request', own, { subject_id: otherPerson, ...others });
      rows('shop', 'rights.request', { subject_id: otherPerson, ...others });
      return (await attack(folder)).trails[0]?.sameInstants;
    };
    expect(await requestsAt(end, { due_at: end, extended_to: later })).toEqual([]);
    expect(await requestsAt(end, { due_at: later })).toEqual([]);
    // the same columns at an instant that no law gives
    expect(await requestsAt(noEnd, { due_at: noEnd })).toEqual([
      'privacy.erasure_request.due_at = privacy.erasure_request.due_at',
      'privacy.erasure_request.due_at = rights.request.due_at',
    ]);
    // the same instant in a column that the law does not set
    expect(await requestsAt(end, { answered_at: end })).toEqual([
      'privacy.erasure_request.due_at = privacy.erasure_request.answered_at',
      'privacy.erasure_request.due_at = rights.request.answered_at',
    ]);
    rows('shop', 'orders.order', { order_id: order, due_at: end });
    expect(await requestsAt(end, {})).toEqual([
      'privacy.erasure_request.due_at = orders.order.due_at',
    ]);
  });

  it('refuses a folder that is no bundle, in one sentence', async () => {
    put('bundle.json', { format: 'other' });
    await expect(attack(folder)).rejects.toThrow(BadBundleError);
    rmSync(join(folder, 'bundle.json'));
    await expect(attack(folder)).rejects.toThrow(BadBundleError);
  });
});
