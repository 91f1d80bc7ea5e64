import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { exposeCensus, RecallMetrics, StockMetrics, TakeCensus } from '@entrepot/inventory';
import type { StockStore } from '@entrepot/inventory';
import { AvailabilityMetrics, ReserveMetrics } from '@entrepot/inventory/testing';
import type { CellId } from '@entrepot/kernel';
import { Log, metricLabels, Metrics } from '@entrepot/platform-telemetry';
import { exposeHealth } from './health-gauges.ts';
import { Readiness } from './readiness.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Panel {
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
  readonly targets: readonly { readonly expr: string }[];
}
const dashboard = JSON.parse(read('infra/dashboards/stock.json')) as { panels: readonly Panel[] };
/** Each rule from its name to the next. */
const rules = read('infra/alerts/stock.rules.yml')
  .split(/^ {6}- alert: /m)
  .slice(1);
const exprOf = (rule: string): string =>
  /^ {8}expr: (?:\|\n)?(.*?)\n {8}for: /ms.exec(rule)?.[1]?.replace(/\s+/g, ' ').trim() ?? '';

const expressions = [
  ...dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => [title, expr] as const),
  ),
  ...rules.map((rule) => [/^\S+/.exec(rule)?.[0] ?? '', exprOf(rule)] as const),
];

/** Labels that every series has, and the bound of a bucket. */
const givenLabels = ['cell', 'process', 'le'];

describe('the dashboard and the alerts of stock', () => {
  const types = new Map<string, string>();

  beforeAll(async () => {
    const bound = { cell: 'in-1', process: 'api' };
    const metrics = new Metrics(bound);
    const nobody = {
      sumPage: () => Promise.reject(new TypeError('nothing is counted')),
      sumInTransit: () => Promise.resolve([]),
    };
    new StockMetrics(metrics, []);
    new ReserveMetrics(metrics);
    new RecallMetrics(metrics, { sumOwed: () => Promise.resolve(0) } as unknown as StockStore);
    exposeCensus(metrics, new TakeCensus(nobody), []);
    new AvailabilityMetrics(metrics, new Log({ level: 'error', bound: {} })).watch(
      { open: 0 },
      { size: 0 },
    );
    exposeHealth(metrics, new Readiness('in-1' as CellId, []));
    const { text } = await metrics.expose();
    for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
      types.set(name, type);
    }
  });

  it('are there', () => {
    expect(dashboard.panels.length).toBeGreaterThan(10);
    expect(rules.length).toBeGreaterThan(5);
    expect(types.size).toBeGreaterThan(15);
  });

  it.each(expressions)(
    '%s names metrics that a process has, in the way their type asks for',
    (_, expr) => {
      const names = [...expr.matchAll(/\bentrepot_[a-z0-9_]+/g)].map(([name]) => name);
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) {
        const family = types.has(name) ? name : name.replace(/_(bucket|count|sum)$/, '');
        expect([name, types.get(family)]).not.toEqual([name, undefined]);
        // what only rises says nothing as it is
        const isRate = new RegExp(`rate\\(${name}(\\{[^}]*\\})?\\[`).test(expr);
        expect([name, isRate]).toEqual([name, types.get(family) !== 'gauge']);
      }
    },
  );

  it.each(expressions)(
    '%s uses labels that a metric may have, and closes what it opens',
    (_, expr) => {
      const matched = [...expr.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)\s*"/g)].map(
        ([, label]) => label,
      );
      const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) =>
        list.split(',').map((label) => label.trim()),
      );
      for (const label of [...matched, ...grouped]) {
        expect([...metricLabels, ...givenLabels]).toContain(label);
      }
      const pairs = [
        ['(', ')'],
        ['{', '}'],
        ['[', ']'],
      ] as const;
      for (const [open, close] of pairs) {
        expect(expr.split(open).length).toBe(expr.split(close).length);
      }
    },
  );

  it('shows every metric of stock that a process has', () => {
    const shown = expressions.map(([, expr]) => expr).join(' ');
    const own = [...types.keys()].filter((name) =>
      /^entrepot_(inventory|availability)_/.test(name),
    );
    expect(own.filter((name) => !shown.includes(name))).toEqual([]);
  });

  it('has no two panels in one place', () => {
    const places = dashboard.panels.map(({ gridPos: { x, y } }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(places.length);
    expect(Math.max(...dashboard.panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  });

  it.each(rules)(
    'alerts say for how long, how bad, what it means and where to read on: %s',
    (rule) => {
      expect(rule).toMatch(/^ {8}for: \d+[mh]$/m);
      expect(rule).toMatch(/^ {8}labels: \{ severity: (page|ticket) \}$/m);
      expect(rule).toMatch(/^ {10}summary: '[^']+'$/m);
      const runbook = /^ {10}runbook: (\S+)$/m.exec(rule)?.[1] ?? '';
      expect([runbook, existsSync(join(root, runbook))]).toEqual([runbook, true]);
    },
  );
});
