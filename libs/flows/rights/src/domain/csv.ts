/** What a spreadsheet would take for the beginning of a formula (OWASP, CSV injection). */
const formulaStart = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;
const plainNumber = /^-?\d+(\.\d+)?$/;

/** A value as one cell: text as it is, nothing as nothing, everything else as JSON. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}

/** A formula becomes the text of a formula: an apostrophe before it keeps a spreadsheet from running it. */
const neutralised = (text: string): string =>
  formulaStart.test(text) && !plainNumber.test(text) ? `'${text}` : text;

const quoted = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

const lineOf = (cells: readonly string[]): string =>
  cells.map((cell) => quoted(neutralised(cell))).join(',');

/** The columns of records in the order in which they first appear. */
export const columnsOf = (records: readonly Readonly<Record<string, unknown>>[]): string[] => [
  ...new Set(records.flatMap((record) => Object.keys(record))),
];

/** Records as RFC 4180 has them, with a header. Values must be JSON already; lines end in CR LF. */
export function csvOf(records: readonly Readonly<Record<string, unknown>>[]): string {
  const columns = columnsOf(records);
  const rows = records.map((record) => columns.map((column) => cellText(record[column])));
  return [columns, ...rows].map((cells) => `${lineOf(cells)}\r\n`).join('');
}
