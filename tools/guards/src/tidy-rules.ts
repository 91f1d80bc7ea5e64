/** A house rule about one source text; each message says what to do instead. */
interface TidyRule {
  readonly name: string;
  readonly appliesTo: RegExp;
  readonly finds: RegExp;
  readonly message: string;
}

const source = /^(apps|libs|tools|e2e)\/.*\.ts$/;
const productionSource =
  /^(apps|libs)\/(?!testing\/)(?!.*(\.spec\.ts$|\/test\/|\/testing\/|\/seed\/)).*\.ts$/;
const domainSource = /^libs\/.*\/src\/domain\/(?!.*\.spec\.ts$).*\.ts$/;

const textRules: readonly TidyRule[] = [
  {
    name: 'no-star-export',
    appliesTo: source,
    finds: /^export \*/m,
    message: 'name what the door opens to: export { … } from',
  },
  {
    name: 'no-ambient-environment',
    appliesTo:
      /^(apps|libs)\/(?!platform\/config\/|testing\/)(?!.*(\.spec\.ts$|\/test\/|\/main(\.\w+)?\.ts$)).*\.ts$/,
    finds: /\bprocess\.env\b/,
    message: 'take settings from @entrepot/platform-config',
  },
  {
    name: 'no-ambient-time-in-domain',
    appliesTo: domainSource,
    finds: /\bnew Date\(\)|\bDate\.now\b|\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/,
    message: 'let the command carry the instant or the id',
  },
  {
    name: 'no-console',
    appliesTo: /^(apps|libs)\/(?!.*\.spec\.ts$).*\.ts$/,
    finds: /\bconsole\.\w+\(/,
    message: 'log through @entrepot/platform-telemetry',
  },
  {
    name: 'no-region-literal',
    appliesTo:
      /^libs\/(?!regions\/|vendors\/|testing\/|client\/)(?!.*(\.spec\.ts$|\/test\/|\/testing\/|\/seed\/|\/generated\/)).*\.ts$/,
    finds: /(===?|!==?|case)\s*['"](in|eu|in-\d+|eu-\d+)['"]/,
    message: 'vary by the RegionProfile, not by naming a region or cell',
  },
  {
    name: 'no-mocked-module',
    appliesTo: source,
    finds: /\bjest\.(mock|unstable_mockModule|doMock)\(/,
    message: 'use the real service, or a fake that passes the port’s contract suite',
  },
  {
    name: 'no-skipped-test',
    appliesTo: source,
    finds: /^\s*(?:x(?:it|describe|test)|(?:it|test|describe)\.(?:only|skip|todo))\(/m,
    message: 'a test runs or is deleted',
  },
  {
    name: 'no-forward-reference',
    appliesTo: productionSource,
    finds: /\bforwardRef\(/,
    message: 'two modules that need each other are one, or a flow is missing',
  },
  {
    name: 'no-unfinished-mark',
    appliesTo: /\.(ts|mjs|sql|prisma)$/,
    finds: /\b(TODO|FIXME|XXX|HACK)\b/,
    message: 'finish it, or write it into ROADMAP.md',
  },
  {
    name: 'no-switched-off-check',
    appliesTo: source,
    finds: /@ts-(ignore|nocheck)|@ts-expect-error\s*$|eslint-disable/m,
    message: 'mend what the check found',
  },
];

const bannedNames = /(^|\/)(utils?|helpers?|common|misc|manager)(\.[a-z.]+)?$/;
const innerBarrel = /^(?:apps|libs|tools)\/.*\/src\/(?!testing\/)[^/]+\/(?:.*\/)?index\.ts$/;

export const tidyRuleNames = [...textRules.map((rule) => rule.name), 'telling-name', 'one-door'];

/** What is untidy in one file, one sentence each. The rules' own file holds every banned pattern and is passed over. */
export function findUntidiness(file: string, text: string): string[] {
  if (/^tools\/guards\/(src\/tidy-rules|test\/)/.test(file)) return [];
  const found = textRules
    .filter((rule) => rule.appliesTo.test(file))
    .flatMap((rule) => {
      const match = rule.finds.exec(text);
      if (match === null) return [];
      const line = text.slice(0, match.index).split('\n').length;
      return [`${file}:${line} "${match[0].trim()}": ${rule.message} (${rule.name})`];
    });
  if (bannedNames.test(file)) {
    found.push(`${file}: a name that says nothing; name what it is (telling-name)`);
  }
  if (innerBarrel.test(file)) {
    found.push(`${file}: a project has one door, src/index.ts (one-door)`);
  }
  return found;
}
