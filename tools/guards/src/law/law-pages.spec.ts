import { describe, expect, it } from '@jest/globals';
import { retentionSchedule, sectionTables } from '@entrepot/flow-rights';
import type { MappedTable } from '@entrepot/flow-rights';

import { staleGeneratedFiles } from '../classification/generated-files.ts';
import { lawPages } from './law-pages.ts';
import { pageProblems } from './law-problems.ts';
import { loadRegions } from './load-regions.ts';
import { pagesDay } from './pages-day.ts';
import { readDataMap } from './mapped-data.ts';
import { otherStores, topicProblems } from './other-stores.ts';

const tables = readDataMap();
const regions = await loadRegions();

const planted: MappedTable = {
  ...{ cluster: 'shop', table: 'marketing.profile', subject: 'subject_id', columns: [] },
};

describe('the pages of the law', () => {
  it('are what data map, law tables and recipients say now', () => {
    expect(regions.map(({ region }) => region)).toEqual(['eu', 'in']);
    expect(staleGeneratedFiles(lawPages(tables, regions, pagesDay))).toEqual([]);
  });

  it('say in each notice what is not claimed, and that no counsel has read it', () => {
    const notices = lawPages(tables, regions, pagesDay).filter(({ path }) =>
      path.includes('privacy-notice'),
    );
    expect(notices).toHaveLength(2);
    for (const { text } of notices) expect(text).toContain('No counsel has read the rules');
  });

  it('say on every page how long the law keeps an invoice, in which no column names a person', () => {
    for (const { path, text } of lawPages(tables, regions, pagesDay)) {
      if (!path.includes('notice-in')) expect(text).toMatch(/invoice.*96 months.*§ 147\(3\) AO/);
      if (!path.includes('notice-eu')) expect(text).toMatch(/invoice.*72 months.*CGST Act/);
    }
  });
});

describe('T40 everything about people', () => {
  it('has a category, a rule in every country and a place in the copy', () => {
    expect(pageProblems(tables, regions, pagesDay)).toEqual([]);
  });

  it('stops the pages where a table has neither category nor section, and says what to do', () => {
    expect(pageProblems([...tables, planted], regions, pagesDay)).toEqual([
      'marketing.profile has no category: place it in libs/flows/erasure/src/domain/data-stores.ts',
      'marketing.profile is in no copy: name its section, or why nobody can read it, in libs/flows/rights/src/domain/export-sections.ts',
    ]);
    expect(() => lawPages([...tables, planted], regions, pagesDay)).toThrow('marketing.profile');
  });

  it('stops the pages where a topic is not described', () => {
    const without = otherStores.filter(({ name }) => name !== 'topic local.orders.v1');
    expect(topicProblems(without)).toEqual([
      'topic local.orders.v1 is not described: add it to tools/guards/src/law/other-stores.ts',
    ]);
  });

  it('stops the pages where a country has no rule, or one that nobody signed', () => {
    const without = regions.map((region) => ({
      ...region,
      retentionLaw: region.retentionLaw.filter(({ category }) => category !== 'consent'),
    }));
    expect(pageProblems(tables, without, pagesDay)).toContain(
      'IN has no rule for consent: add one to the retention law of in',
    );
    const unsigned = regions.map((region) => ({
      ...region,
      retentionLaw: region.retentionLaw.map((rule) => ({ ...rule, signOff: undefined })),
    }));
    expect(pageProblems(tables, unsigned, pagesDay)).toContain(
      'the rule of IN for account is signed by nobody: have it read and set signOff',
    );
  });

  it('is in tables that exist, in the copy as in the schedule', () => {
    const known = new Set(tables.map(({ table }) => table));
    const named = [
      ...Object.values(sectionTables).flat(),
      ...retentionSchedule.map(({ table }) => table),
    ];
    expect(named.filter((table) => !known.has(table))).toEqual([]);
  });
});
