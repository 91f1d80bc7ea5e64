// What a start does once the cells answer, such as filling the shop with demo data. A step is one
// file, steps/<NN>-<what>.ts, whose default export is a `StartStep`; they run in the order of their names.
import { existsSync, readdirSync } from 'node:fs';

import type { StackDescription, Stage } from '@entrepot/stack';

export interface StartStep {
  readonly title: string;
  /** Repeatable: it runs at every start and is quick when there is nothing left to do. */
  readonly run: (description: StackDescription, say: (note: string) => void) => Promise<void>;
}

const folder = new URL('steps/', import.meta.url);

export async function loadStartSteps(): Promise<readonly StartStep[]> {
  // git keeps no empty folder: without steps there is none
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^\d\d-[a-z-]+\.ts$/.test(name));
  return Promise.all(
    names.toSorted().map(async (name) => {
      const module = (await import(new URL(name, folder).href)) as { default: StartStep };
      return module.default;
    }),
  );
}

/** One stage for each step: they follow one another. */
export const stagesOf = (
  steps: readonly StartStep[],
  describe: () => StackDescription,
): readonly Stage[] =>
  steps.map(({ title, run }) => ({
    title,
    steps: [{ title, run: (say) => run(describe(), say) }],
  }));
