import type { ErasureRequestId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { DatabaseRole } from '@entrepot/testing';
import { ErasureStore, isTraceOf, openErasureVerification, prefixHash } from '@entrepot/privacy';
import type { ErasureRequest, ErasureVerification, TraceDigests } from '@entrepot/privacy';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ErasureScene, fullName } from './erasure-scene.ts';
import type { Shopper } from './erasure-scene.ts';

const rowsOf = statement(
  'spec.evidence_rows',
  `SELECT part, login, outcome, tried FROM vault.erasure_evidence WHERE request_id = $1
   ORDER BY part, login`,
);
const forge = statement(
  'spec.forge_evidence',
  `INSERT INTO vault.erasure_evidence (request_id, part, login, outcome, tried, found)
   VALUES ($1, 'key-trial', $2, 'key-gone', 5, 0)`,
);
const change = statement('spec.change_evidence', 'UPDATE vault.erasure_evidence SET tried = 6');
const traceRows = statement(
  'spec.trace_rows',
  'SELECT request_id FROM privacy.request_trace WHERE request_id = $1',
);

describe.each(['kms-per-user', 'kms-epoch'] as const)('evidence under %s', (driver) => {
  let scene: ErasureScene;
  let verification: ErasureVerification;
  let shopper: Shopper;
  let id: ErasureRequestId;
  beforeAll(async () => {
    scene = await ErasureScene.open({ driver, evidence: 'required' });
    const { shop, vault, kms } = scene.fixture.stores;
    const access = (login: 'worker' | 'administrator') => ({
      ...{ endpoint: kms.endpoint, awsRegion: kms.awsRegion },
      ...kms.credentialsFor(login),
    });
    verification = openErasureVerification({
      cell: scene.fixture.cells.home,
      ...{ shop: shop.open('worker'), vault: vault.open('worker') },
      ...{ vaultOfOwner: vault.open('owner'), kms: access('worker') },
      operatorKms: access('administrator'),
    });
    shopper = await scene.newShopper();
    id = (await scene.askAndApprove(shopper.accountId)) as ErasureRequestId;
    await scene.workUntil(id, 'recipients_notified');
  });
  afterAll(async () => {
    verification.close();
    await scene.end();
  });

  const vaultOf = (role: DatabaseRole) => scene.fixture.stores.vault.open(role);
  const finds = ({ base, key, digests }: TraceDigests, text: string): boolean => {
    const bytes = Buffer.from(text, 'utf8');
    const prefix = prefixHash(bytes, 0, base);
    return digests.some(
      (of) => of.prefix === prefix && isTraceOf(bytes, of, Buffer.from(key, 'base64')),
    );
  };
  const given = async () => (await scene.read(id)).body['evidence'];
  const lastDrill =
    driver === 'kms-epoch'
      ? { tried: 4, found: 0, details: { backupId: 'backup' } }
      : { tried: 0, found: 0, details: { inNoBackup: {} } };
  const outcome = driver === 'kms-epoch' ? 'nothing-wrapped' : 'key-gone';
  const trialOf = (login: string, of = outcome) =>
    expect.objectContaining({ part: 'key-trial', login, outcome: of, tried: 5, statement: null });

  it('is given by each kind of process with its own login', async () => {
    const rounds = 40;
    for (let round = 0; round < rounds; round += 1) {
      await scene.work();
      await scene.fixture.eraser.tryEndedKeys.execute();
      if ((await vaultOf('audit').query(rowsOf, [id])).length === 3) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const eraser = driver === 'kms-epoch' ? 'nothing-wrapped' : 'login-refused';
    expect(await given()).toHaveLength(3);
    expect(await given()).toEqual(
      expect.arrayContaining([trialOf('api'), trialOf('worker'), trialOf('eraser', eraser)]),
    );
  });

  it('is given by nobody in the name of another, and is never changed', async () => {
    const another = `ers_in-1_${'z'.repeat(26)}`;
    for (const [role, login] of [
      ['api', 'worker'],
      ['worker', 'eraser'],
      ['eraser', 'api'],
      ['owner', 'api'],
    ] as const) {
      await expect(vaultOf(role).execute(forge, [another, login])).rejects.toThrow(
        'is not given by',
      );
    }
    await expect(vaultOf('owner').execute(change, [])).rejects.toThrow('are for ever');
  });

  it('holds the request until an operator has given what needs the disks', async () => {
    const awaited = await verification.awaited();
    expect(awaited.map(({ request, parts }) => [request.id, parts])).toEqual([
      [id, ['store-scan', 'restore-drill']],
    ]);
    const traces = await verification.tracesOf(id);
    if (traces === undefined) throw new Error('nothing is looked for');
    expect(finds(traces, shopper.email)).toBe(true);
    expect(finds(traces, fullName)).toBe(true);
    expect(finds(traces, 'somebody.else@people.example')).toBe(false);
    expect((await scene.read(id)).body['status']).toBe('recipients_notified');
    const requests = scene.worker.get(ErasureStore, { strict: false });
    expect(await requests.oldestUnverifiedSeconds()).toBeGreaterThan(0);
    const details = { stores: [] };
    await verification.give({ requestId: id, part: 'store-scan', tried: 9, found: 0, details });
    await scene.work();
    expect((await scene.read(id)).body['status']).toBe('recipients_notified');
    const [of] = awaited;
    if (of === undefined) throw new Error('nothing is awaited');
    expect(await verification.opensUntilEpochEnds(of.request)).toBe(driver === 'kms-epoch');
    await verification.give({ requestId: id, part: 'restore-drill', tried: 4, found: 1, details });
    await scene.workUntil(id, 'failed');
    // nobody can bring it on but by a later look, which comes before the retry
    expect((await verification.awaited()).map(({ request, parts }) => [request.id, parts])).toEqual(
      [[id, ['restore-drill']]],
    );
    await verification.give({ requestId: id, part: 'restore-drill', ...lastDrill });
    expect(await verification.awaited()).toEqual([]);
    expect((await scene.steer(id, 'retry')).status).toBe(200);
    await scene.workUntil(id, 'verified_unreadable');
    expect(await requests.oldestUnverifiedSeconds()).toBe(0);
  });

  it('is told by the certificate, and what was looked for goes with the request', async () => {
    const request = { id, subject: shopper.subject } as ErasureRequest;
    await scene.endEpoch();
    expect(await verification.opensUntilEpochEnds(request)).toBe(false);
    await scene.passWindow();
    await scene.workUntil(id, 'closed');
    const { body } = await scene.call(`/admin/v1/erasure-requests/${id}/certificate`, {
      token: scene.officers[0],
    });
    const { verification: parts, notDone } = (body as Record<string, Record<string, unknown>>)[
      'certificate'
    ] as { verification: Record<string, unknown>[]; notDone: string[] };
    expect(parts.map(({ part, login, result }) => [part, login, result])).toEqual([
      ...['api', 'eraser', 'worker'].map((login) => ['key-trial', login, 'run']),
      ['owners', null, 'run'],
      ['store-scan', null, 'run'],
      ['restore-drill', null, driver === 'kms-epoch' ? 'run' : 'in_no_backup'],
    ]);
    expect(notDone).not.toContain('NO_SCAN_NO_RESTORE_DRILL');
    expect(await verification.tracesOf(id)).toBeUndefined();
    const left = await scene.fixture.stores.shop.open('superuser').query(traceRows, [id]);
    expect(left).toEqual([]);
  });
});
