import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

/** One import, as seen from the file that holds it. Paths are relative to the repository, with slashes. */
export interface ImportSite {
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
}

interface LayerRule {
  readonly name: string;
  readonly appliesTo: RegExp;
  readonly forbids: (site: ImportSite) => boolean;
  readonly message: string;
}

const testFile = /(\.spec\.ts$|\/test\/|\/testing\/|^e2e\/|^libs\/testing\/|^tools\/)/;
/** A flow's rules speak in the words of the domains it joins. */
const domainDoor =
  /^@entrepot\/(catalog|inventory|carts|orders|payments|invoices|identity|privacy)$/;
const isPackage = (specifier: string): boolean => !specifier.startsWith('.');
const target = ({ file, specifier }: ImportSite): string =>
  normalize(join(dirname(file), specifier));
const projectRoot = (path: string): string =>
  /^(?:libs\/(?:platform|flows|vendors|regions)\/[^/]+|libs\/[^/]+|apps\/[^/]+|tools\/[^/]+|e2e)/.exec(
    path,
  )?.[0] ?? path;

const rules: readonly LayerRule[] = [
  {
    name: 'pure-domain',
    appliesTo: /^libs\/[^/]+\/(?:[^/]+\/)?src\/domain\/(?!.*\.spec\.ts$)/,
    forbids: (site) =>
      isPackage(site.specifier)
        ? site.specifier !== '@entrepot/kernel' &&
          site.specifier !== 'node:crypto' &&
          !(site.file.startsWith('libs/flows/') && domainDoor.test(site.specifier))
        : !target(site).includes('/src/domain/'),
    message: 'domain/ is pure: it imports @entrepot/kernel, hashes and its own folder only',
  },
  {
    name: 'application-knows-no-adapter',
    appliesTo: /^libs\/[^/]+\/(?:[^/]+\/)?src\/application\/(?!.*\.spec\.ts$)/,
    forbids: ({ specifier }) =>
      (!isPackage(specifier) && /(^|\/)(adapters|api)\//.test(specifier)) ||
      /^(pg|kafkajs|bullmq|ioredis|@aws-sdk\/|prisma|@prisma\/|fastify|stripe|razorpay)/.test(
        specifier,
      ),
    message: 'application/ names ports; drivers and vendors live in adapters/',
  },
  {
    name: 'kernel-stands-alone',
    appliesTo: /^libs\/kernel\/src\/(?!.*\.spec\.ts$)/,
    forbids: ({ specifier }) => isPackage(specifier) && !specifier.startsWith('node:'),
    message: 'the kernel has no dependencies',
  },
  {
    name: 'attacker-stands-alone',
    appliesTo: /^tools\/attacker\/src\//,
    forbids: ({ specifier }) =>
      isPackage(specifier) && !specifier.startsWith('node:') && specifier !== '@aws-sdk/client-kms',
    message: 'whoever attacks shares no code with whom it attacks',
  },
  {
    name: 'no-relative-import-across-projects',
    appliesTo: /./,
    forbids: (site) =>
      !isPackage(site.specifier) && projectRoot(target(site)) !== projectRoot(site.file),
    message: 'import another project by its package name, never by a relative path',
  },
  {
    name: 'no-deep-import',
    appliesTo: /./,
    forbids: ({ specifier }) =>
      /^@entrepot\/[^/]+\/./.test(specifier) &&
      !/^@entrepot\/contracts\/(api|events)\/[^/]+$/.test(specifier) &&
      !/^@entrepot\/[^/]+\/(testing|model|seed|node|graphql|api|border|eraser|worker|processor|smtp)$/.test(
        specifier,
      ),
    message: 'a project has the doors of its package.json and no other',
  },
  {
    name: 'testing-only-in-tests',
    appliesTo: /^(?!.*(\.spec\.ts$|\/test\/|\/testing\/))(libs|apps)\//,
    forbids: ({ specifier }) => /^@entrepot\/(testing$|[^/]+\/(testing|model)$)/.test(specifier),
    message: 'test harnesses and builders are for specs',
  },
  {
    name: 'environment-has-one-door',
    appliesTo: /./,
    forbids: ({ file, specifier }) =>
      /^(dotenv|env-var|envalid)/.test(specifier) && !testFile.test(file),
    message: 'settings come from @entrepot/platform-config',
  },
];

export const layerRuleNames = rules.map((rule) => rule.name);

/** All imports of one source text with their lines. */
export function readImports(file: string, text: string): ImportSite[] {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles.map(({ fileName, pos }) => ({
    file,
    line: text.slice(0, pos).split('\n').length,
    specifier: fileName,
  }));
}

/** Imports that break a layer, one sentence each. */
export function findLayerViolations(sites: readonly ImportSite[]): string[] {
  return sites.flatMap((site) =>
    rules
      .filter((rule) => rule.appliesTo.test(site.file) && rule.forbids(site))
      .map(
        (rule) =>
          `${site.file}:${site.line} imports "${site.specifier}": ${rule.message} (${rule.name})`,
      ),
  );
}
