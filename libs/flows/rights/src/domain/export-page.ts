import type { CountryCode } from '@entrepot/kernel';
import { ruleInForce } from '@entrepot/privacy';
import type { DataProcessor, PeopleLaw, RetentionLaw, RetentionRule } from '@entrepot/privacy';
import { cellText, columnsOf } from './csv.ts';
import type { StaffOrder } from './export.ts';
import type { ExportSection } from './export-files.ts';
import { sectionFacts, unreadableStores } from './export-sections.ts';
import { isGiven, rightsText } from './rights-text.ts';

export interface ExportPageFacts {
  readonly exportId: string;
  readonly cell: string;
  readonly country: CountryCode;
  readonly madeAt: Date;
  /** Undefined where the person asked. */
  readonly order: StaffOrder | undefined;
  readonly law: RetentionLaw;
  readonly peopleLaw: PeopleLaw;
  readonly recipients: readonly DataProcessor[];
  readonly sections: readonly ExportSection[];
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML shows it, in an element or in quotes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (found) => entities[found] ?? found);

const row = (tag: 'td' | 'th', cells: readonly string[]): string =>
  `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;

function table(records: ExportSection['records']): string {
  if (records.length === 0) return '<p>Nothing.</p>';
  const columns = columnsOf(records);
  const rows = records.map((record) =>
    row(
      'td',
      columns.map((column) => cellText(record[column])),
    ),
  );
  return `<table>${row('th', columns)}${rows.join('\n')}</table>`;
}

/** How long, in words that a person reads; the law says by which rule. */
export function retentionText(rule: RetentionRule | undefined): string {
  if (rule === undefined) return 'No rule is in force; write to us.';
  if (rule.action === 'retain-until') {
    return `Kept for ${rule.period.months} months after an erasure, counted from the ${rule.period.from.replaceAll('_', ' ')} (${rule.law}).`;
  }
  const left = rule.leaves === 'facts' ? ' What stays then names nobody.' : '';
  return `Gone as soon as you are erased (${rule.law}).${left}`;
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

function sectionText(
  { section, records }: ExportSection,
  { law, peopleLaw, country, madeAt }: ExportPageFacts,
): string {
  const facts = sectionFacts[section];
  const on = dayOf(madeAt);
  const about =
    facts === undefined
      ? ''
      : [
          `<p>Why: ${escapeHtml(facts.purpose)}. From: ${escapeHtml(facts.source)}.`,
          `How long: ${escapeHtml(retentionText(ruleInForce(law, { country, category: facts.category, on })))}`,
          facts.isPortable && isGiven(peopleLaw, 'portability', { country, on })
            ? 'You may take this elsewhere.</p>'
            : '</p>',
        ].join(' ');
  return `<section><h2>${escapeHtml(facts?.title ?? section)}</h2>${about}${table(records)}</section>`;
}

function recipientsText(recipients: readonly DataProcessor[]): string {
  const items = recipients.map(
    ({ name, place, purpose, fieldsSent }) =>
      `<li>${escapeHtml(`${name} (${place}), for ${purpose}: ${fieldsSent.join(', ')}`)}</li>`,
  );
  const list = items.length === 0 ? '<p>No recipient is listed.</p>' : `<ul>${items.join('')}</ul>`;
  return `<section><h2>Who receives something about you</h2>${list}</section>`;
}

const unreadableText = (): string =>
  `<section><h2>What is kept about you that nobody can read</h2><ul>${unreadableStores
    .map(({ what }) => `<li>${escapeHtml(what)}</li>`)
    .join('')}</ul></section>`;

const watermark = ({ exportId, madeAt, order }: ExportPageFacts): string =>
  order === undefined
    ? `Copy ${exportId}, made ${madeAt.toISOString()} for the person it is about.`
    : `Copy ${exportId}, made ${madeAt.toISOString()} for ${order.staff} of our staff, for this purpose only: ${order.purpose}.`;

const style =
  'body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}table{border-collapse:collapse;font-size:14px}td,th{border:1px solid #999;padding:.2em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere}.mark{color:#555}';

/**
 * The page to read: everything in the copy, what it is for, how long it is kept and by which law, and who
 * receives some of it (GDPR Article 15(1)). It runs nothing and loads nothing.
 */
export function exportPage(facts: ExportPageFacts): string {
  const mark = `<p class="mark">${escapeHtml(watermark(facts))}</p>`;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>Your data</title><style>${style}</style></head><body>`,
    `<h1>Your data in cell ${escapeHtml(facts.cell)}</h1>`,
    mark,
    `<p>${escapeHtml(rightsText(facts.peopleLaw, { country: facts.country, on: dayOf(facts.madeAt) }))}</p>`,
    ...facts.sections.map((section) => sectionText(section, facts)),
    recipientsText(facts.recipients),
    unreadableText(),
    mark,
    '</body></html>',
    '',
  ].join('\n');
}
