import { setTimeout as sleep } from 'node:timers/promises';
import { CellDirectory } from '@entrepot/platform-config';
import { openConnections, processesOf } from '@entrepot/residency';
import { StackPaths } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ShopFloor } from '../src/shop-floor.ts';

const sampleEveryMs = 20;
const portOf = (url: string): number => Number(new URL(url).port);

/** The application's own processes; stores speak to their standbys and brokers. */
const isApplication = (name: string): boolean => /^\S+ (api-\d+|worker|border|eraser)$/.test(name);

describe('T35 the connections of a running cell', () => {
  let floor: ShopFloor;
  /** What was seen of each process, `address:port`. */
  const seen = new Map<string, Set<string>>();
  beforeAll(() => {
    floor = new ShopFloor();
  });
  afterAll(() => floor.close());

  function sample(cell: DescribedCell): void {
    for (const { name, pid } of processesOf(new StackPaths(), cell.id)) {
      if (!isApplication(name)) continue;
      const ends = seen.get(name) ?? new Set<string>();
      for (const { address, port } of openConnections(pid)) ends.add(`${address}:${port}`);
      seen.set(name, ends);
    }
  }

  /** Where the processes of a cell may go: its stores, its KMS, its provider, its border, the other cells' doors. */
  function listed(cell: DescribedCell): ReadonlyMap<string, string> {
    const worker = processesOf(new StackPaths(), cell.id).find(
      ({ name }) => name === `${cell.id} worker`,
    );
    const told = (setting: string): number =>
      portOf(
        new RegExp(`ENTREPOT_${setting}=([^\\0]+)`).exec(
          worker?.environment.toString() ?? '',
        )?.[1] ?? 'http://localhost:0',
      );
    const peers = CellDirectory.fromFile(cell.cellsFile).cells.filter(({ id }) => id !== cell.id);
    const ports: [number, string][] = [
      ...Object.entries(cell.databasePorts).map(([name, port]): [number, string] => [port, name]),
      ...cell.kafkaBrokers
        .split(',')
        .map((of): [number, string] => [portOf(`http://${of}`), 'kafka']),
      [cell.redisPort, 'redis'],
      [portOf(cell.kmsEndpoint), 'kms'],
      [told('PSP_BASE_URL'), 'payments'],
      [told('MAIL_SMTP_URL'), 'mail'],
      [told('MAIL_ERASURE_URL'), 'mail'],
      [told('BORDER_INTERNAL_URL'), 'own border'],
      ...peers.map(({ id, cellOrigin }): [number, string] => [portOf(cellOrigin), `door of ${id}`]),
    ];
    return new Map(ports.map(([port, name]) => [`127.0.0.1:${port}`, name]));
  }

  it.each(['in-1', 'eu-1'])(
    'of %s lead to what is listed for it and nowhere else',
    async (id) => {
      const cell = floor.cell(id);
      const country = id === 'in-1' ? 'IN' : 'DE';
      const watching = { until: true };
      const watched = (async () => {
        while (watching.until) {
          sample(cell);
          await sleep(sampleEveryMs);
        }
      })();
      const sku = await floor.newArticle(6, id === 'in-1' ? 'rtm' : 'blr');
      // more than its own half, so that the cell has to ask the other one
      const cart = await floor.fillCart(floor.clientAt(0), { country, sku, quantity: 5 });
      expect((await floor.settle(cart)).status).toBe('confirmed');
      await sleep(6_000);
      watching.until = false;
      await watched;

      const allowed = listed(cell);
      const met = new Set<string>();
      for (const [name, ends] of seen) {
        if (!name.startsWith(`${id} `)) continue;
        for (const end of ends) {
          expect([name, end, allowed.get(end)]).toEqual([name, end, expect.any(String)]);
          met.add(allowed.get(end) ?? '');
        }
      }
      // what the list has for a reason was seen, so the look was no idle one
      for (const name of ['shop', 'vault', 'redis', 'kafka', 'kms', 'payments']) {
        expect([...met]).toContain(name);
      }
      const doors = [...met].filter((name) => name.startsWith('door of'));
      expect(doors).toHaveLength(1);
      const toDoors = [...seen].filter(([, ends]) =>
        [...ends].some((end) => allowed.get(end)?.startsWith('door of') === true),
      );
      expect(toDoors.map(([name]) => name).filter((name) => name.startsWith(`${id} `))).toEqual([
        `${id} border`,
      ]);
    },
    120_000,
  );
});
