import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { CanaryMetrics, openBookAuditor } from '@entrepot/inventory';
import type { CellId } from '@entrepot/kernel';
import type { ShopDatabase } from '@entrepot/platform-database';
import { Metrics } from '@entrepot/platform-telemetry';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Each rule from its name to the next. */
const rules = read('infra/alerts/books.rules.yml')
  .split(/^ {6}- alert: /m)
  .slice(1)
  .map((rule) => [/^\S+/.exec(rule)?.[0] ?? '', rule] as const);

/** As a reader of Markdown makes them. */
const anchorsOf = (page: string): string[] =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );

describe('the alerts of the books', () => {
  let declared: string;

  beforeAll(async () => {
    const cell = 'in-1' as CellId;
    const metrics = new Metrics({ cell, process: 'worker' });
    const shop = {
      query: () => Promise.resolve([{ seconds: 0, entries: 0 }]),
    } as unknown as ShopDatabase;
    openBookAuditor({ cell, shop, metrics });
    // an alert on what has not happened needs the series from the beginning
    new CanaryMetrics(metrics, [cell]).note([]);
    declared = (await metrics.expose()).text;
  });

  it.each(rules)('%s asks for metrics that a process has, and for their labels', (_, rule) => {
    const asked = rule.match(/entrepot_[a-z_]+/g) ?? [];
    expect(asked.length).toBeGreaterThan(0);
    for (const name of asked) expect(declared).toMatch(new RegExp(`^# TYPE ${name} `, 'm'));
    for (const [, label = ''] of rule.matchAll(/\{(\w+="\w+")\}/g))
      expect(declared).toContain(label);
  });

  it.each(rules)('%s says for how long, how bad, and where to read on', (_, rule) => {
    expect(rule).toMatch(/^ {8}for: \d+m$/m);
    expect(rule).toMatch(/^ {8}labels: \{ severity: (page|ticket) \}$/m);
    const [, path = '', anchor = ''] = /^ {10}runbook: (\S+?)#(\S+)$/m.exec(rule) ?? [];
    expect(anchorsOf(read(path))).toContain(anchor);
  });
});
