import { killService } from '@entrepot/cli';
import { endEpoch, passKmsWindow } from '@entrepot/drills';
import { clustersOfStack, withClient } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { brokenChains, DrillGround, tablesOfErased } from './drill-ground.ts';

const limitMs = 2_400_000;
/** What a killed worker held is given up some 20 seconds later, at each of a dozen steps. */
const stageTimeoutMs = 1_200_000;
const channel = 'drill_step';

/** Tells of every event at the moment it is committed. */
const tellSteps = `
  CREATE FUNCTION public.drill_step() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN PERFORM pg_catalog.pg_notify('${channel}', NEW.request_id || ' ' || NEW.action); RETURN NULL; END $$;
  CREATE TRIGGER drill_step AFTER INSERT ON privacy.erasure_event
    FOR EACH ROW EXECUTE FUNCTION public.drill_step()`;
const tellNoMore = `DROP TRIGGER IF EXISTS drill_step ON privacy.erasure_event;
  DROP FUNCTION IF EXISTS public.drill_step()`;

describe('An erasure whose processes are killed at each step', () => {
  let ground: DrillGround;

  beforeAll(async () => {
    ground = new DrillGround();
    await ground.in('shop', (client) => client.query(`${tellNoMore}; ${tellSteps}`));
  }, limitMs);
  afterAll(async () => {
    await ground.in('shop', (client) => client.query(tellNoMore));
    await ground.close();
  });

  /**
   * Kills worker and eraser with SIGKILL as soon as an event is there, for as long as the work lasts. Resolves to each
   * event as `request action`, those of requests too that are not the drill's own.
   */
  async function killingAtEachStep(work: () => Promise<void>): Promise<string[]> {
    const shop = clustersOfStack().find(
      ({ cell, cluster }) => cell === ground.home.id && cluster === 'shop',
    );
    const struck: string[] = [];
    const kill = async (service: string) => {
      try {
        await killService(`${ground.home.id} ${service}`, 'SIGKILL');
        return true;
      } catch {
        // it is dead already, from the step before
        return false;
      }
    };
    await withClient(shop?.superuserUrl ?? '', async (client) => {
      client.on('notification', ({ payload = '' }) => {
        struck.push(payload);
        void Promise.all([kill('worker'), kill('eraser')]);
      });
      await client.query(`LISTEN ${channel}`);
      await work();
    });
    return struck;
  }

  it(
    'T16 comes to the same end, with one certificate and one end of the key',
    async () => {
      const { officers, home, node } = ground;
      const person = ground.newPerson();
      await person.live(await ground.article());
      const subject = await ground.subjectOf(person);
      let requestId = '';
      const allStruck = await killingAtEachStep(async () => {
        requestId = (await officers.decide(person.accountId)).id;
        await officers.until(requestId, 'verified_unreadable', { timeoutMs: stageTimeoutMs });
        await endEpoch(home);
        await passKmsWindow(node, home);
        await officers.until(requestId, 'closed', { timeoutMs: stageTimeoutMs });
      });
      const { events } = await officers.read(requestId);
      const struck = allStruck
        .map((event) => event.split(' '))
        .flatMap(([request, action]) => (request === requestId ? [action] : []));
      expect(struck).toEqual(events.map(({ action }) => action));
      expect(new Set(struck).size).toBe(struck.length);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      expect(await ground.rows('shop', brokenChains)).toEqual([]);
      for (const [cluster, table] of [
        ['shop', 'privacy.erasure_certificate'],
        ['vault', 'vault.certificate_signature'],
      ] as const) {
        const sql = `SELECT count(*)::int AS "count" FROM ${table} WHERE request_id = $1`;
        expect(await ground.rows(cluster, sql, [requestId])).toEqual([{ count: 1 }]);
      }
      expect(await ground.tablesWith(subject)).toEqual(tablesOfErased);
    },
    limitMs,
  );
});
