import type { ZodType } from 'zod';

/** One environment variable: how it is checked, and what a reader of `.env.example` is told. */
export interface EnvironmentVariable<Value> {
  readonly schema: ZodType<Value>;
  readonly description: string;
  /** Shown in `.env.example`; a secret has none. */
  readonly example?: string;
  /** Never printed, never given a default. */
  readonly secret?: boolean;
}

export type EnvironmentVariables = Readonly<Record<string, EnvironmentVariable<unknown>>>;

export type ValuesOf<Variables extends EnvironmentVariables> = {
  readonly [Name in keyof Variables]: Variables[Name] extends EnvironmentVariable<infer Value>
    ? Value
    : never;
};

/** The part of the environment that one library reads, and the typed object it becomes. */
export interface ConfigSlice<Config> {
  readonly title: string;
  readonly variables: EnvironmentVariables;
  readonly build: (values: Readonly<Record<string, unknown>>) => Config;
  /** Problems between variables, such as settings that one profile refuses. */
  readonly problems: (values: Readonly<Record<string, unknown>>) => readonly ConfigProblem[];
}

/** What is wrong with one variable: its name and the reason, never its value. */
export interface ConfigProblem {
  readonly variable: string;
  readonly reason: string;
}

/** Declares a slice; `build` sees each variable with the type its schema gives it. */
export function configSlice<Variables extends EnvironmentVariables, Config>(slice: {
  readonly title: string;
  readonly variables: Variables;
  readonly build: (values: ValuesOf<Variables>) => Config;
  readonly problems?: (values: ValuesOf<Variables>) => readonly ConfigProblem[];
}): ConfigSlice<Config> {
  return {
    title: slice.title,
    variables: slice.variables,
    build: (values) => slice.build(values as ValuesOf<Variables>),
    problems: (values) => slice.problems?.(values as ValuesOf<Variables>) ?? [],
  };
}

/** Declares a variable; exists so that its value type is inferred from the schema. */
export function variable<Value>(declared: EnvironmentVariable<Value>): EnvironmentVariable<Value> {
  return Object.freeze(declared);
}
