import { categoryOfTable } from '@entrepot/flow-erasure';
import { sectionTables, unreadableStores } from '@entrepot/flow-rights';
import type { MappedTable } from '@entrepot/flow-rights';
import { ruleInForce } from '@entrepot/privacy';
import type { CountryCode } from '@entrepot/kernel';

import type { RegionLaw } from './load-regions.ts';
import { topicProblems } from './other-stores.ts';

const shown = new Set([
  ...Object.values(sectionTables).flat(),
  ...unreadableStores.flatMap(({ tables }) => tables),
]);

/**
 * What keeps the pages from being written, one sentence each with what to do: a table about people without a
 * category, one that no copy shows, a country without a signed rule about something that is stored.
 */
export function pageProblems(
  tables: readonly MappedTable[],
  regions: readonly RegionLaw[],
  on: string,
): string[] {
  const about = tables.filter(({ subject }) => subject !== null);
  return [
    ...about.flatMap(({ table }) => tableProblems(table)),
    ...topicProblems(),
    ...regions.flatMap((region) => regionProblems(about, region, on)),
  ];
}

function tableProblems(table: string): string[] {
  const problems: string[] = [];
  if (categoryOfTable(table) === undefined) {
    problems.push(
      `${table} has no category: place it in libs/flows/erasure/src/domain/data-stores.ts`,
    );
  }
  if (!shown.has(table)) {
    problems.push(
      `${table} is in no copy: name its section, or why nobody can read it, in libs/flows/rights/src/domain/export-sections.ts`,
    );
  }
  return problems;
}

function regionProblems(
  about: readonly MappedTable[],
  { region, retentionLaw }: RegionLaw,
  on: string,
): string[] {
  const categories = new Set(about.flatMap(({ table }) => categoryOfTable(table) ?? []));
  const countries = new Set(retentionLaw.map(({ country }) => country));
  if (countries.size === 0) return [`region ${region} has no retention law: write its rules`];
  return [...countries].flatMap((country: CountryCode) =>
    [...categories].flatMap((category) => {
      const rule = ruleInForce(retentionLaw, { country, category, on });
      if (rule === undefined) {
        return [
          `${country} has no rule for ${category}: add one to the retention law of ${region}`,
        ];
      }
      return rule.signOff === undefined
        ? [
            `the rule of ${country} for ${category} is signed by nobody: have it read and set signOff`,
          ]
        : [];
    }),
  );
}
