/**
 * Everything a log line may say beside its event name, with the form each value must have. Nothing
 * that a person typed and nothing that tells people apart is on the list, so a log cannot hold
 * personal data whoever writes it.
 */
const forms = {
  /** Route template, `/v1/orders/:id`, never the path itself. */
  route: /^[A-Za-z0-9/_:.*{}-]{1,120}$/,
  method: /^[A-Z]{3,7}$/,
  /** Public error code or SQLSTATE. */
  code: /^[A-Z0-9_]{1,60}$/,
  traceId: /^[0-9a-f]{32}$/,
  /** Class name of an error; its message stays out, drivers put values into it. */
  errorName: /^[A-Za-z][A-Za-z0-9_]{0,79}$/,
  /** Source positions of an error, without its message. */
  errorFrames: /^[^\n]{0,600}$/,
  cell: /^[a-z]{2}-[1-9][0-9]{0,2}$/,
  peer: /^[a-z]{2}-[1-9][0-9]{0,2}$/,
  process: /^(api|worker|border|eraser)$/,
  /** Name of a part of the process: a database, a lane, a consumer, a job. */
  component: /^[A-Za-z0-9._-]{1,80}$/,
  topic: /^[a-z0-9._-]{1,120}$/,
  /** What happened to a component: `started`, `lost`, `drained`. */
  state: /^[a-z][a-z_-]{0,39}$/,
} as const satisfies Record<string, RegExp>;

const numbers = [
  'status',
  'durationMs',
  'count',
  'attempt',
  'lag',
  'port',
  'pid',
  'partition',
  'version',
] as const;

type TextField = keyof typeof forms;
type NumberField = (typeof numbers)[number];

/** The fields of a log line; any other does not type-check and is dropped at run time. */
export type LogFields = {
  readonly [Name in TextField]?: string | undefined;
} & { readonly [Name in NumberField]?: number | undefined };

export const eventNamePattern = /^[a-z][a-z0-9]*([._][a-z0-9]+){0,6}$/;

const isNumberField = (name: string): boolean => (numbers as readonly string[]).includes(name);

/** Keeps what the list allows; `refused` names what was dropped, never its value. */
export function allowedFields(fields: Readonly<Record<string, unknown>>): {
  readonly kept: Readonly<Record<string, string | number>>;
  readonly refused: readonly string[];
} {
  const kept: Record<string, string | number> = {};
  const refused: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (typeof value === 'number' && isNumberField(name) && Number.isFinite(value)) {
      kept[name] = value;
    } else if (typeof value === 'string' && Object.hasOwn(forms, name) && fits(name, value)) {
      kept[name] = value;
    } else {
      refused.push(/^[A-Za-z]{1,40}$/.test(name) ? name : 'unnamed');
    }
  }
  return { kept, refused };
}

const fits = (name: string, value: string): boolean => forms[name as TextField].test(value);
