import { categoryOfTable } from '@entrepot/flow-erasure';
import { retentionSchedule, sectionFacts } from '@entrepot/flow-rights';
import type { MappedTable } from '@entrepot/flow-rights';
import { dataCategories, ruleInForce } from '@entrepot/privacy';
import type { DataCategory, RetentionLaw, RetentionRule } from '@entrepot/privacy';

import type { RegionLaw } from './load-regions.ts';
import { personalFields } from './mapped-data.ts';

/** One heading per region, as a person reads it. */
export const regionNames: Readonly<Record<string, string>> = { eu: 'European Union', in: 'India' };

const cell = (text: string): string => text.replaceAll('|', '\\|');

export const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
  ].join('\n');

/** Tables about persons in which no column names one: what a law wants on paper, under a key of its own. */
const statutoryTables: Readonly<Record<string, DataCategory>> = { 'invoices.invoice': 'invoice' };

/** Of what no personal column says it. */
const otherContents: Partial<Record<DataCategory, string>> = {
  invoice: 'goods, amounts and taxes; name and address of the buyer where a law wants them there',
};

/** What a category holds: the personal columns of its tables, and why they are there. */
export function contentOf(tables: readonly MappedTable[], category: DataCategory): string {
  const names = new Set(
    tables.flatMap(({ table }) => (categoryOfTable(table) === category ? [table] : [])),
  );
  const fields = personalFields(tables).filter(({ table }) => names.has(table));
  const kinds = [...new Set(fields.map(({ kind }) => kind))].toSorted();
  const named = kinds.length === 0 ? 'references, states and instants' : kinds.join(', ');
  return otherContents[category] ?? named;
}

/** Of what no copy shows and no personal column explains. */
const otherPurposes: Partial<Record<DataCategory, string>> = {
  login: 'finding the account at sign-in',
  request_key: 'one effect of a request that is sent twice',
};

export function purposesOf(tables: readonly MappedTable[], category: DataCategory): string {
  const columns = personalFields(tables).filter(({ table }) => categoryOfTable(table) === category);
  const sections = Object.values(sectionFacts).filter((facts) => facts.category === category);
  const purposes = (columns.length > 0 ? columns : sections).map(({ purpose }) =>
    purpose.replaceAll('_', ' '),
  );
  return [...new Set(purposes)].join('; ') || (otherPurposes[category] ?? '');
}

const endOf = (rule: RetentionRule): string => {
  if (rule.action === 'retain-until') {
    return `${rule.period.months} months from the ${rule.period.from.replaceAll('_', ' ')}`;
  }
  return rule.leaves === 'facts' ? 'at an erasure, but for facts' : 'at an erasure';
};

export interface RuleRow {
  readonly countries: string;
  readonly rule: RetentionRule;
  readonly end: string;
}

/** The rules about a category by what they say: countries with the same rule stand together. */
export function rulesAbout(law: RetentionLaw, category: DataCategory, on: string): RuleRow[] {
  const countries = [...new Set(law.map(({ country }) => country))].toSorted();
  const byText = new Map<string, { rule: RetentionRule; countries: string[] }>();
  for (const country of countries) {
    const rule = ruleInForce(law, { country, category, on });
    if (rule === undefined) continue;
    const text = `${endOf(rule)}|${rule.law}`;
    const known = byText.get(text) ?? { rule, countries: [] };
    known.countries.push(country);
    byText.set(text, known);
  }
  return [...byText.values()].map(({ rule, countries: of }) => ({
    countries: of.length === countries.length ? 'all' : of.join(', '),
    rule,
    end: endOf(rule),
  }));
}

/** Rules that come into force after a day, so that nobody is surprised by them. */
export const rulesToCome = (law: RetentionLaw, on: string): RetentionRule[] =>
  law.filter(({ inForceSince }) => inForceSince > on);

const whileOpen = 'while the account is open';

/** Of what the schedule does not end, or only in part. */
const otherPeriods: Partial<Record<DataCategory, string>> = {
  payment: whileOpen,
  erasure_record: 'for good: it keeps the person erased',
  staff_login: 'while employed here',
  invoice: 'to the day that its law sets, erased or not',
};

/** How long something stays while its person is not erased. */
export function periodOf(category: DataCategory): string {
  const scheduled = retentionSchedule
    .filter((entry) => entry.category === category)
    .map(({ name, days, since }) => `${days} days after ${since} (${name.replaceAll('_', ' ')})`);
  const ofRest = otherPeriods[category] ?? (scheduled.length === 0 ? whileOpen : undefined);
  return [...(ofRest === undefined ? [] : [ofRest]), ...scheduled].join('; ');
}

/** The categories of which a cell stores something, in the order of the law table. */
export const storedIn = (tables: readonly MappedTable[]): DataCategory[] => {
  const stored = new Set(
    tables.flatMap(
      ({ table, subject }) =>
        statutoryTables[table] ?? (subject === null ? [] : (categoryOfTable(table) ?? [])),
    ),
  );
  return dataCategories.filter((category) => stored.has(category));
};

export const controllersOf = ({ retentionLaw }: RegionLaw): string =>
  [...new Set(retentionLaw.map(({ legalEntity }) => legalEntity))].join(', ');

export const recipientRows = ({ processors }: RegionLaw): string[][] =>
  processors.map(({ name, place, purpose, fieldsSent }) => [
    name,
    place,
    purpose,
    fieldsSent.join(', '),
  ]);

/** Said on every page, so that nobody takes a draft for advice. */
export const notClaimed: readonly string[] = [
  'No counsel has read the rules: each is a draft of engineers from the text it names, and production demands counsel’s signature.',
  'That destroying a key is erasure is our position; no regulator’s text found says it outright. Rows are deleted as well wherever they can be.',
  'An objection to marketing outlives an erasure, as a keyed hash of the address.',
  'Whoever made a lawful copy before, and mathematics to come, are out of reach of any erasure.',
  'Broker topics carry references and are gone after seven days; they are not searched.',
];
