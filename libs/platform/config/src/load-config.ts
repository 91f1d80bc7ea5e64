import type { z } from 'zod';
import type { ConfigProblem, ConfigSlice } from './config-slice.ts';

export const environmentPrefix = 'ENTREPOT_';

export type Environment = Readonly<Record<string, string | undefined>>;
export type Slices = Readonly<Record<string, ConfigSlice<unknown>>>;
export type ConfigOf<Composed extends Slices> = {
  readonly [Name in keyof Composed]: Composed[Name] extends ConfigSlice<infer Config>
    ? Config
    : never;
};

/** Every problem of the environment at once; the message names variables and reasons, never values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ variable, reason }) => `  ${variable}: ${reason}`);
    super(['The environment is not usable:', ...lines].join('\n'));
    this.problems = problems;
  }
}

export interface LoadOptions<Composed extends Slices> {
  readonly environment: Environment;
  readonly slices: Composed;
  /** Slices of other process kinds: their variables are no mistake here, but they are not read. */
  readonly foreign?: readonly ConfigSlice<unknown>[];
  /** Slices this process must not even be handed, with the reason. */
  readonly forbidden?: readonly { readonly slice: ConfigSlice<unknown>; readonly reason: string }[];
}

/** Composes the slices of a process into one frozen object, or throws every problem together. */
export function loadConfig<Composed extends Slices>(
  options: LoadOptions<Composed>,
): ConfigOf<Composed> {
  const problems: ConfigProblem[] = [...strangers(options)];
  const built: Record<string, unknown> = {};
  for (const [name, slice] of Object.entries(options.slices)) {
    const read = readSlice(slice, options.environment);
    problems.push(...read.problems);
    if (read.problems.length === 0) built[name] = slice.build(read.values);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(built) as ConfigOf<Composed>;
}

function readSlice(
  slice: ConfigSlice<unknown>,
  environment: Environment,
): { values: Record<string, unknown>; problems: readonly ConfigProblem[] } {
  const values: Record<string, unknown> = {};
  const problems: ConfigProblem[] = [];
  for (const [name, { schema }] of Object.entries(slice.variables)) {
    const given = environment[name];
    const parsed = schema.safeParse(given === '' ? undefined : given, { reportInput: false });
    if (parsed.success) values[name] = parsed.data;
    else problems.push({ variable: name, reason: reasonOf(parsed.error, given) });
  }
  return problems.length > 0 ? { values, problems } : { values, problems: slice.problems(values) };
}

function reasonOf(error: z.ZodError, given: string | undefined): string {
  if (given === undefined || given === '') return 'is missing';
  return error.issues.map((issue) => issue.message).join('; ');
}

function strangers<Composed extends Slices>(options: LoadOptions<Composed>): ConfigProblem[] {
  const own = Object.values(options.slices).flatMap(namesOf);
  const known = new Set([...own, ...(options.foreign ?? []).flatMap(namesOf)]);
  const problems: ConfigProblem[] = [];
  for (const variable of Object.keys(options.environment)) {
    if (!variable.startsWith(environmentPrefix)) continue;
    const rule = options.forbidden?.find(({ slice }) => namesOf(slice).includes(variable));
    if (rule !== undefined && !own.includes(variable)) {
      problems.push({ variable, reason: rule.reason });
    } else if (!known.has(variable)) {
      problems.push({ variable, reason: 'is not a setting of this process; is it misspelt?' });
    }
  }
  return problems;
}

const namesOf = (slice: ConfigSlice<unknown>): string[] => Object.keys(slice.variables);

function deepFreeze<Value>(value: Value): Value {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
