import type { ConfigSlice } from './config-slice.ts';

const head = [
  '# Every setting of the processes of a cell, generated from their slices: do not edit by hand.',
  '# The KMS emulator and the provider sandbox, which no production runs, are set up by `npm start`.',
  '# `npm start` makes its own values under .entrepot/; a secret has no default and no example.',
];

/** The text of `.env.example` for these slices. */
export function environmentExample(slices: readonly ConfigSlice<unknown>[]): string {
  const sections = slices.map(({ title, variables }) => {
    const lines = Object.entries(variables).map(([name, { description, example, secret }]) => {
      const note = secret === true ? `${description} (secret)` : description;
      return `# ${note}\n${name}=${example ?? ''}`;
    });
    return [`## ${title}`, ...lines].join('\n');
  });
  return `${head.join('\n')}\n\n${sections.join('\n\n')}\n`;
}
